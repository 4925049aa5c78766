#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "dbkeeper/base/text.h"
#include "dbkeeper/model/family.h"
#include "formats/json/member.h"
#include "formats/json/schema_json.h"

namespace dbkeeper {
namespace {

using nlohmann::json;

TableName table_name(const std::string& shown, std::string_view default_schema) {
  if (auto name = parse_display(shown, default_schema)) return *std::move(name);
  throw Fault{0, fmt::format("'{}' is no name of a table", excerpt(shown))};
}

// For a file that says nothing of kinds: what engines call the families' types.
Family guessed_family(const std::string& type) {
  using Guess = std::pair<std::string_view, Family>;
  static constexpr std::array<Guess, 23> kGuesses = {
      {{"[]", Family::array},
       {"bytea", Family::bytes},
       {"blob", Family::bytes},
       {"jsonb", Family::jsonb},
       {"json", Family::json},
       {"interval", Family::other},
       {"range", Family::other},
       {"point", Family::other},
       {"int", Family::integer},
       {"numeric", Family::decimal},
       {"decimal", Family::decimal},
       {"float4", Family::single},
       {"double", Family::real},
       {"float", Family::real},
       {"real", Family::real},
       {"bool", Family::boolean},
       {"timestamp with time zone", Family::timestamptz},
       {"time with", Family::other},
       {"timestamptz", Family::timestamptz},
       {"timestamp", Family::timestamp},
       {"date", Family::date},
       {"uuid", Family::uuid},
       {"char", Family::text}}};
  const std::string lower = lower_ascii(type);
  if (lower == "text") return Family::text;
  if (lower.empty()) return Family::any;
  for (const auto& [part, family] : kGuesses)
    if (lower.find(part) != std::string::npos) return family;
  return Family::other;
}

Family family_of(const json& column, const char* key, const std::string& type) {
  if (!find_member(column, key)) return guessed_family(type);
  const std::string kind = text_member(column, key);
  if (const auto family = parse_family(kind)) return *family;
  throw Fault{0, fmt::format("'{}' is no kind of values that this format has", excerpt(kind))};
}

Type type_of(const json& column) {
  Type type;
  type.name = optional_text_member(column, "type");
  type.domain = optional_text_member(column, "domain");
  type.family = family_of(column, "kind", type.name);
  if (const json* labels = find_member(column, "labels")) type.labels = texts_of(*labels, "labels");
  if (type.family == Family::array) {
    Type element;
    element.name = type.name.substr(0, type.name.find("[]"));
    element.family = family_of(column, "element", element.name);
    type.element.push_back(std::move(element));
  }
  return type;
}

// A word that a later minor version adds tells nothing that a reader has to know.
Origin origin_of(const json& column) {
  const std::string generated = optional_text_member(column, "generated");
  if (generated == "identity") return Origin::identity_by_default;
  if (generated == "serial") return Origin::serial;
  if (generated == "autoincrement") return Origin::autoincrement;
  if (generated == "rowid") return Origin::rowid;
  if (generated == "stored") return Origin::stored;
  if (generated == "virtual") return Origin::computed;
  return Origin::given;
}

Column column_of(const json& described) {
  Column column;
  column.name = text_member(described, "name");
  column.type = type_of(described);
  column.origin = origin_of(described);
  if (const json* nullable = find_member(described, "nullable")) {
    if (!nullable->is_boolean()) throw Fault{0, "'nullable' is neither true nor false"};
    column.nullable = nullable->get<bool>();
  }
  return column;
}

Key key_of(const json& columns, Key::Kind kind, const char* what) {
  Key key;
  key.kind = kind;
  for (std::string& name : texts_of(columns, what)) key.parts.push_back({std::move(name), "", ""});
  return key;
}

ForeignKey foreign_key_of(const json& described, std::string_view default_schema) {
  ForeignKey key;
  key.columns = texts_of(member(described, "columns"), "columns");
  key.references = table_name(text_member(described, "references"), default_schema);
  key.to = texts_of(member(described, "to"), "to");
  if (key.columns.empty() || key.columns.size() != key.to.size())
    throw Fault{
        0, fmt::format("a foreign key of {} columns to {}", key.columns.size(), key.to.size())};
  return key;
}

using Names = std::set<std::string>;

// The columns' names.
Names add_columns(Table& table, const json& described) {
  if (described.size() > kMostColumns)
    throw Fault{0, fmt::format("{} columns, more than the {} that any database can have",
                               human_count(static_cast<std::int64_t>(described.size())),
                               human_count(kMostColumns))};
  Names names;
  for (const json& entry : described) {
    Column column = column_of(entry);
    if (!names.insert(column.name).second)
      throw Fault{0, fmt::format("the column '{}' is listed twice", excerpt(column.name))};
    table.columns.push_back(std::move(column));
  }
  return names;
}

// Keys over columns that the table hasn't would mislead whoever works with them.
void check_key(const Names& names, const std::vector<std::string>& columns) {
  for (const std::string& column : columns)
    if (!names.contains(column))
      throw Fault{0, fmt::format("a key of a column '{}' that isn't listed", excerpt(column))};
}

// Only a backup knows partitions: to an export a partitioned table is one table.
void set_kind(Table& table, const json& described, std::string_view default_schema) {
  if (const std::string of = optional_text_member(described, "partition_of"); !of.empty()) {
    table.partition_of = table_name(of, default_schema);
    table.kind = TableKind::partition;
  }
  if (const json* partitioned = find_member(described, "partitioned");
      partitioned && *partitioned == true)
    table.kind = TableKind::partitioned;
}

Table table_of(const std::string& shown, const json& described, std::string_view default_schema) {
  Table table;
  table.name = table_name(shown, default_schema);
  if (!described.is_object()) throw Fault{0, "its description is no object"};
  set_kind(table, described, default_schema);
  table.extension = optional_text_member(described, "extension");
  const Names names = add_columns(table, list_member(described, "columns"));
  Key primary = key_of(list_member(described, "primary_key"), Key::Kind::primary, "primary_key");
  check_key(names, primary.columns());
  if (!primary.parts.empty()) table.primary_key = std::move(primary);
  for (const json& columns : list_member(described, "unique")) {
    table.unique.push_back(key_of(columns, Key::Kind::constraint, "unique"));
    check_key(names, table.unique.back().columns());
  }
  for (const json& key : list_member(described, "foreign_keys")) {
    table.foreign_keys.push_back(foreign_key_of(key, default_schema));
    check_key(names, table.foreign_keys.back().columns);
  }
  return table;
}

}  // namespace

Schema schema_of(const json& described, std::string_view default_schema) {
  if (!described.is_object()) throw Fault{0, "the schema is no object"};
  if (described.size() > kMostTables)
    throw Fault{0, fmt::format("{} tables, more than the {} that dbkeeper takes",
                               human_count(static_cast<std::int64_t>(described.size())),
                               human_count(kMostTables))};
  Schema schema;
  schema.default_schema = default_schema;
  for (const auto& [shown, table] : described.items()) {
    try {
      schema.tables.push_back(table_of(shown, table, default_schema));
    } catch (Fault& fault) {
      fault.what = fmt::format("schema of table '{}': {}", excerpt(shown), fault.what);
      throw;
    }
  }
  std::sort(schema.tables.begin(), schema.tables.end(),
            [](const Table& a, const Table& b) { return a.name < b.name; });
  return schema;
}

}  // namespace dbkeeper
