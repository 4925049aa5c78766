#include "engines/sqlite/row_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/value_sql.h"

namespace dbkeeper::sqlite {
namespace {

std::string named(std::string_view alias, std::string_view column) {
  return fmt::format("{}.{}", alias, QuotedName(column).sql());
}

// A column takes away the name of the rowid that it has itself.
bool has_column(const Table& table, std::string_view name) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const Column& column) { return lower_ascii(column.name) == name; });
}

// The name by which the rowid can be had; empty if columns have taken all of them.
std::string rowid_name(const Table& table) {
  for (const Column& column : table.columns)
    if (column.numbered()) return column.name;
  for (const char* name : {"rowid", "_rowid_", "oid"})
    if (!has_column(table, name)) return name;
  return {};
}

std::string collation_of(const Table& table, const Key::Part& part) {
  if (!part.collation.empty()) return part.collation;
  const Column* column = table.find_column(part.column);
  return column && !column->collation.empty() ? column->collation : "binary";
}

std::vector<std::string> primary_key(const Table& table, std::string_view alias) {
  std::vector<std::string> parts;
  for (const Key::Part& part : table.primary_key->parts)
    parts.push_back(fmt::format("{} COLLATE {}", named(alias, part.column),
                                QuotedName(collation_of(table, part)).sql()));
  return parts;
}

}  // namespace

std::vector<std::string> row_identity(const Table& table, std::string_view alias) {
  if (table.without_rowid) return primary_key(table, alias);
  const std::string rowid = rowid_name(table);
  if (!rowid.empty()) return {named(alias, rowid)};
  std::vector<std::string> values;
  for (const Column& column : table.columns) values.push_back(named(alias, column.name));
  return {exact_text(values)};
}

}  // namespace dbkeeper::sqlite
