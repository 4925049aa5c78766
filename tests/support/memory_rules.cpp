#include "support/memory_rules.h"

#include <fmt/format.h>

#include <set>

#include "dbkeeper/base/text.h"
#include "support/memory_table.h"

namespace dbkeeper::testing {
namespace {

Error broken(const Table& table, const std::string& column, const std::string& message) {
  return Error(ErrorKind::conflict, message).table(table.name.name).column(column);
}

void find_nulls(const MemoryState& now, const Table& table, std::vector<Error>& out) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    for (const MemoryRow& row : rows_of(now, table.name)) {
      const std::string& column = table.columns[i].name;
      if (row[i].is_null() && !table.columns[i].nullable)
        out.push_back(
            broken(table, column, fmt::format("{}.{} cannot be NULL", table.name.name, column)));
    }
}

void find_duplicates(const MemoryState& now, const Table& table, const Key& key,
                     std::vector<Error>& out) {
  std::vector<std::string> columns;
  for (const Key::Part& part : key.parts) columns.push_back(column_of(part));
  std::set<MemoryRow> seen;
  for (const MemoryRow& row : rows_of(now, table.name)) {
    const auto value = key_of(table, key, row);
    if (value && !seen.insert(*value).second)
      out.push_back(broken(table, join(columns, ", "),
                           fmt::format("'{}' has two rows with {} {}", table.name.name,
                                       join(columns, ", "), shown(*value))));
  }
}

void find_orphans(const MemoryState& before, const MemoryState& now, const Table& table,
                  const ForeignKey& key, std::vector<Error>& out) {
  if (!key.broken.empty()) return;
  const std::vector<MemoryRow> old = orphans_of(before, table, key);
  std::multiset<MemoryRow> forgiven(old.begin(), old.end());
  for (const MemoryRow& row : orphans_of(now, table, key)) {
    if (const auto known = forgiven.find(row); known != forgiven.end()) {
      forgiven.erase(known);
      continue;
    }
    out.push_back(broken(
        table, join(key.columns, ", "),
        fmt::format("a row of '{}' refers by {} {} to a row that '{}' doesn't have",
                    table.name.name, join(key.columns, ", "), shown(row), key.references.name)));
  }
}

}  // namespace

const std::vector<MemoryRow>& rows_of(const MemoryState& state, const TableName& name) {
  const auto at = state.rows.find(name);
  if (at == state.rows.end())
    throw Error(ErrorKind::failed, fmt::format("there is no table '{}'", name.name));
  if (state.unreadable.contains(name))
    throw Error(ErrorKind::failed, fmt::format("'{}' is damaged", name.name));
  return at->second;
}

std::vector<MemoryRow> orphans_of(const MemoryState& state, const Table& table,
                                  const ForeignKey& key) {
  const Table* parent = state.schema.find(key.references);
  const auto as_compared = [&](MemoryRow values) {
    for (std::size_t i = 0; parent && i < values.size(); ++i)
      values[i] = collated(values[i], parent->columns[position(*parent, key.to[i])].collation);
    return values;
  };
  std::set<MemoryRow> there;
  if (parent)
    for (const MemoryRow& row : rows_of(state, parent->name))
      if (const auto part = part_of(row, positions(*parent, key.to)))
        there.insert(as_compared(*part));
  std::vector<MemoryRow> orphans;
  for (const MemoryRow& row : rows_of(state, table.name))
    if (const auto part = part_of(row, positions(table, key.columns));
        part && !there.contains(as_compared(*part)))
      orphans.push_back(*part);
  return orphans;
}

std::vector<Error> broken_rules(const MemoryState& before, const MemoryState& now) {
  std::vector<Error> out;
  for (const Table& table : now.schema.tables) {
    find_nulls(now, table, out);
    if (table.primary_key) find_duplicates(now, table, *table.primary_key, out);
    for (const Key& key : table.unique) find_duplicates(now, table, key, out);
    for (const ForeignKey& key : table.foreign_keys) find_orphans(before, now, table, key, out);
  }
  return out;
}

}  // namespace dbkeeper::testing
