// Which row of the database each row of the file is.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/memory_import_links.h"

namespace dbkeeper::testing::model {

// The keys by which rows of a table are looked up, in order.
class ProbeKeys {
 public:
  explicit ProbeKeys(const Work& work) : work_(work), links_(work) {}

  std::vector<const Key*> of(const FileRow& row) const;
  // What the key says of the row; nothing where it doesn't apply.
  std::optional<MemoryRow> value(const FileRow& row, const Key& key) const;
  // Whether a part of it belongs to a reference of which the target can't know: then nothing there
  // is equal.
  bool leads_to_unknown(const FileRow& row, const Key& key) const;
  // Whether none of them says anything about the row.
  bool nameless(const FileRow& row) const;
  // The rows of the target that it leads to: one at most, if the key is unique there.
  std::vector<std::size_t> targets(const FileRow& row, const Key& key) const;

 private:
  const Work& work_;
  Links links_;
};

class Finding {
 public:
  Finding(Work& work, const std::map<std::array<std::string, 3>, std::string>& kept)
      : work_(work), kept_(kept), links_(work), keys_(work) {}

  void run();

 private:
  using Group = std::vector<std::size_t>;

  void presume_by_map(const Group& group);
  void presume_by_number(const Group& group);
  void find_by_keys_and_map(const Group& group);
  bool look_up_by_keys(const Group& group);
  bool look_up_references(const Group& group);
  bool look_up_map(const Group& group);
  bool presumptions_hold(const Group& group);
  void pair_equal_rows(const Group& group);

  struct Found {
    FileRow* row;
    std::size_t target;
    std::string by;
    bool presumed;
    const Key* key;
  };
  void found_now(FileRow& row, std::size_t target, const std::string& by, bool presumed,
                 const Key* key = nullptr);
  bool settle();

  bool uses_map() const;
  bool presumption_holds(const FileRow& row) const;
  std::optional<std::size_t> same_reference(const FileRow& row) const;
  std::optional<std::size_t> in_map(const FileRow& row) const;
  std::optional<std::size_t> with_primary_key(const FileRow& row, const MemoryRow& values) const;
  bool is_found_by_another(const FileRow& row, std::size_t target) const;
  // Whether one of its references leads to such a row.
  bool leads_to(const FileRow& row, const std::set<Leads>& any) const;
  bool equal_as_stored(const FileRow& row, const MemoryRow& target) const;
  // Every row of the group, of tables that keep their rows.
  void each(const Group& group, const std::function<void(FileRow&)>& take);

  Work& work_;
  const std::map<std::array<std::string, 3>, std::string>& kept_;
  Links links_;
  ProbeKeys keys_;
  std::vector<Found> now_;
};

}  // namespace dbkeeper::testing::model
