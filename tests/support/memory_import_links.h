// Where the references of a file's rows lead, as far as rows have been found by now, and the values
// that follow from it.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/memory_import_rows.h"

namespace dbkeeper::testing::model {

enum class Leads {
  nowhere,   // there is a NULL in it; or it is missing, and only the file says that it is one
  to_found,  // to a row of the target
  to_new,    // to a row that is inserted
  nulled,    // missing, and therefore to become NULL
  missing
};

struct Reference {
  Leads leads = Leads::nowhere;
  const FileRow* parent = nullptr;  // the row of the file; null where it leads to none
};

class Links {
 public:
  explicit Links(const Work& work) : work_(work) {}

  Reference follow(const FileRow& row, const ImportLink& link) const;
  // The links that the column is part of.
  std::vector<const ImportLink*> of_column(const FileRow& row, const std::string& column) const;
  // The columns that become NULL if the reference is missing: those that no other link shares, or
  // else all that may be NULL.
  std::vector<std::string> nulled_columns(const TableRows& table, const ImportLink& link) const;
  bool is_nulled(const FileRow& row, const std::string& column) const;

  // The value by which the target is searched: in a link to a row that was found, that row's own.
  MemoryCell identity_value(const FileRow& row, const std::string& column) const;
  MemoryRow identity_row(const FileRow& row) const;

 private:
  const Work& work_;
};

// What is written, once all rows were found and have their numbers.
class FinalValues {
 public:
  explicit FinalValues(const Work& work) : work_(work), links_(work) {}

  // Error(conflict) where two links lead to different values.
  MemoryCell value(const FileRow& row, const std::string& column) const;
  // All columns: what isn't in the file is as in the target, or NULL.
  MemoryRow row(const FileRow& row) const;
  // Whether merge sets this column of the row to its final value.
  bool updates(const FileRow& row, const std::string& column) const;

 private:
  using Place = std::pair<const FileRow*, std::string>;
  // Nothing where the value depends on itself alone.
  std::optional<MemoryCell> value(const FileRow& row, const std::string& column,
                                  std::set<Place>& on_the_way) const;
  std::optional<MemoryCell> value_of_parent(const FileRow& parent, const std::string& column,
                                            std::set<Place>& on_the_way) const;

  const Work& work_;
  Links links_;
};

}  // namespace dbkeeper::testing::model
