#include "engines/sqlite/structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "dbkeeper/base/digest.h"
#include "engines/named_changes.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

constexpr std::string_view kObjects = "objects";
constexpr std::string_view kOtherRows = "other_rows";
// Of the file itself, those that a migration sets on purpose.
constexpr std::array<std::string_view, 2> kNumbers = {"user_version", "application_id"};

// SQLite's own tables come and go with ANALYZE and AUTOINCREMENT, dbkeeper's with an import.
constexpr std::string_view kStatements =
    "SELECT type || ' ' || name, coalesce(sql, '') FROM main.sqlite_schema "
    "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'dbkeeper\\_%' ESCAPE '\\' "
    "ORDER BY 1";

Value objects_of(Connection& connection) {
  Value out = Value::object();
  Statement rows(connection, std::string(kStatements));
  while (rows.step()) out.set(std::string(rows.text(0)), digest_of(rows.text(1)).text());
  return out;
}

void add_cell(const Statement& row, int column, DigestStream& digest) {
  const int type = row.type(column);
  const std::string_view bytes = type == SQLITE_BLOB ? row.blob(column) : row.text(column);
  const std::array<std::uint64_t, 2> frame = {static_cast<std::uint64_t>(type),
                                              type == SQLITE_NULL ? 0 : bytes.size()};
  digest.add({reinterpret_cast<const char*>(frame.data()), sizeof(frame)});
  if (type != SQLITE_NULL) digest.add(bytes);
}

std::string digest_of_rows(Connection& connection, const TableName& table) {
  Statement rows(connection, "SELECT * FROM " + QuotedName(table).sql());
  const int columns = sqlite3_column_count(rows.raw());
  DigestStream digest;
  while (rows.step())
    for (int column = 0; column < columns; ++column) add_cell(rows, column, digest);
  return digest.finish().text();
}

const Value* member(const Value& value, std::string_view name) {
  const auto* members = std::get_if<Value::Object>(&value.data());
  if (!members) return nullptr;
  const auto at = std::ranges::find(*members, name,
                                    [](const auto& pair) { return std::string_view(pair.first); });
  return at == members->end() ? nullptr : &at->second;
}

void add_texts(const Value* object, std::string_view prefix, NamedThings& things) {
  const auto* members = object ? std::get_if<Value::Object>(&object->data()) : nullptr;
  if (!members) return;
  for (const auto& [name, value] : *members)
    if (const auto* text = std::get_if<std::string>(&value.data()))
      things[fmt::format("{}{}", prefix, name)] = *text;
}

NamedThings things_of(const Structure& structure) {
  const Value& properties = structure.description.properties;
  NamedThings things;
  add_texts(member(properties, kObjects), "the ", things);
  add_texts(member(properties, kOtherRows), "what is in ", things);
  for (const std::string_view name : kNumbers)
    if (const Value* value = member(properties, name))
      if (const auto* number = std::get_if<std::int64_t>(&value->data()))
        things[fmt::format("PRAGMA {}", name)] = fmt::format("{}", *number);
  return things;
}

}  // namespace

void add_structure(Connection& connection, const Schema& schema, Value& properties) {
  properties.set(std::string(kObjects), objects_of(connection));
  Value rows = Value::object();
  for (const Table& table : schema.tables)
    if (table.kind == TableKind::shadow)
      rows.set(table.name.name, digest_of_rows(connection, table.name));
  properties.set(std::string(kOtherRows), std::move(rows));
}

std::vector<std::string> structure_changes(const Structure& before, const Structure& now,
                                           std::size_t most) {
  return named_changes(things_of(before), things_of(now), most);
}

}  // namespace dbkeeper::sqlite
