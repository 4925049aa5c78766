#include <algorithm>

#include "support/memory_import_finding.h"

namespace dbkeeper::testing::model {

std::vector<const Key*> ProbeKeys::of(const FileRow& row) const {
  const TableRows& table = work_.of(row);
  const Key* primary = table.has_key(row.kind) ? &*table.table->primary_key : nullptr;
  std::vector<const Key*> natural;
  for (const Key& key : table.plan->keys) natural.push_back(&key);

  if (work_.plan.identity == Identity::key)
    return primary ? std::vector<const Key*>{primary} : natural;
  if (work_.plan.identity != Identity::same_source || row.kind == Rows::references || !primary)
    return natural;
  std::erase_if(natural, [](const Key* key) { return key->kind == Key::Kind::primary; });
  natural.insert(natural.begin(), primary);
  return natural;
}

std::optional<MemoryRow> ProbeKeys::value(const FileRow& row, const Key& key) const {
  return key_of(*work_.of(row).table, key, links_.identity_row(row));
}

bool ProbeKeys::leads_to_unknown(const FileRow& row, const Key& key) const {
  for (const Key::Part& part : key.parts)
    for (const ImportLink* link : links_.of_column(row, column_of(part))) {
      const Leads leads = links_.follow(row, *link).leads;
      if (leads == Leads::to_new || leads == Leads::missing) return true;
    }
  return false;
}

bool ProbeKeys::nameless(const FileRow& row) const {
  const auto keys = of(row);
  return std::none_of(keys.begin(), keys.end(),
                      [&](const Key* key) { return value(row, *key).has_value(); });
}

std::vector<std::size_t> ProbeKeys::targets(const FileRow& row, const Key& key) const {
  std::vector<std::size_t> out;
  const auto wanted = value(row, key);
  if (!wanted || leads_to_unknown(row, key)) return out;
  const TableRows& table = work_.of(row);
  for (std::size_t i = 0; i < table.target.size(); ++i)
    if (key_of(*table.table, key, table.target[i]) == wanted) out.push_back(i);
  return out;
}

}  // namespace dbkeeper::testing::model
