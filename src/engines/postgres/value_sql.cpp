#include "engines/postgres/value_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/text.h"
#include "engines/postgres/oids.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr int kShown = 80;  // characters
constexpr std::string_view kBytewise = "COLLATE pg_catalog.\"C\"";

// With the cast the server takes it for a record; without, ROW(…) op ROW(…) is column by column.
std::string record(const std::vector<std::string>& values) {
  return fmt::format("ROW({})::pg_catalog.record", join(values, ", "));
}

std::vector<std::string> values_of(const ColumnTypes& types, const Table& table,
                                   const std::vector<std::string>& columns,
                                   std::string_view alias) {
  std::vector<std::string> out;
  for (const std::string& name : columns)
    out.push_back(
        types.without_domain(*table.find_column(name), QuotedName::of(alias, name).sql()));
  return out;
}

// Whether two values of the type are the same as stored if they are equal.
bool equal_is_same(const Type& type) {
  constexpr std::array kTypes = {oid::kBool, oid::kInt2, oid::kInt4,      oid::kInt8,
                                 oid::kUuid, oid::kDate, oid::kTimestamp, oid::kTimestamptz};
  return std::find(kTypes.begin(), kTypes.end(), type.engine_id) != kTypes.end();
}

// What the type's output function writes leaves nothing of a value out, but for XML's declaration.
std::string whole(const Column& column, const std::string& value) {
  const bool array = !column.type.element.empty();
  const Type& type = array ? column.type.element.front() : column.type;
  if (type.engine_id != oid::kXml) return value;
  return fmt::format("({})::pg_catalog.text{}", value, array ? "[]" : "");
}

}  // namespace

std::string same_sql(const ColumnTypes& types, const Column& column, const std::string& a,
                     const std::string& b) {
  const std::string x = types.without_domain(column, a), y = types.without_domain(column, b);
  if (equal_is_same(column.type))
    return fmt::format("coalesce({0} OPERATOR(pg_catalog.=) {1}, {0} IS NULL AND {1} IS NULL)", x,
                       y);
  return fmt::format("({} OPERATOR(pg_catalog.*=) {})", record({x}), record({y}));
}

std::string differ_sql(const ColumnTypes& types, const Table& table,
                       const std::vector<std::string>& columns, std::string_view a,
                       std::string_view b) {
  if (columns.empty()) return "false";
  return fmt::format("({} OPERATOR(pg_catalog.*<>) {})",
                     record(values_of(types, table, columns, a)),
                     record(values_of(types, table, columns, b)));
}

std::string image_sql(const Table& table, const std::vector<std::string>& columns,
                      std::string_view alias) {
  std::vector<std::string> values;
  for (const std::string& name : columns)
    values.push_back(whole(*table.find_column(name), QuotedName::of(alias, name).sql()));
  return fmt::format("({}::pg_catalog.text {})", record(values), kBytewise);
}

std::string json_array_sql(const std::vector<std::string>& values) {
  if (values.empty()) return "'[]'";
  std::vector<std::string> parts;
  for (const std::string& value : values)
    parts.push_back(
        fmt::format("coalesce(pg_catalog.to_jsonb({})::pg_catalog.text, 'null')", value));
  return fmt::format(
      "('[' OPERATOR(pg_catalog.||) pg_catalog.concat_ws(',', {}) OPERATOR(pg_catalog.||) ']')",
      join(parts, ", "));
}

// Dots, not an ellipsis: the database's encoding may not have one.
std::string shown_sql(const std::string& value) {
  const std::string text = fmt::format("pg_catalog.format('%s', {})", value);
  return fmt::format(
      "(CASE WHEN ({0}) IS NOT DISTINCT FROM NULL THEN 'NULL'"
      " WHEN pg_catalog.length({1}) > {2}"
      " THEN pg_catalog.left({1}, {2}) OPERATOR(pg_catalog.||) '...' ELSE {1} END {3})",
      value, text, kShown, kBytewise);
}

}  // namespace dbkeeper::postgres
