// What keeps an import from being written, and what becomes of references that are missing.
#pragma once

#include <vector>

#include "dbkeeper/base/error.h"
#include "support/memory_import_finding.h"

namespace dbkeeper::testing::model {

class Conflicts {
 public:
  explicit Conflicts(const Work& work) : work_(work), links_(work), keys_(work) {}

  // Every place where it can't be told which row is meant. Once rows were found.
  std::vector<Error> ambiguous() const;
  // Every missing reference that has to be an error. Once rows were dropped.
  std::vector<Error> missing() const;

 private:
  void find_second_targets(std::vector<Error>& out, const FileRow& row) const;
  void find_same_row(std::vector<Error>& out, const FileRow& a, const FileRow& b) const;
  bool equal_by_key(const FileRow& a, const FileRow& b, const Key& key) const;
  bool equal_in_file(const FileRow& a, const FileRow& b,
                     const std::vector<std::string>& columns) const;
  bool leads_to_found(const FileRow& row, const std::string& column) const;

  const Work& work_;
  Links links_;
  ProbeKeys keys_;
};

// Drops rows of which a reference is missing, and those that need them.
void drop_rows(Work& work);

}  // namespace dbkeeper::testing::model
