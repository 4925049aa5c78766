#include "engines/sqlite/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dbkeeper/base/text.h"
#include "dbkeeper_sqlite_sql.h"
#include "engines/sqlite/column_type.h"
#include "engines/sqlite/keys.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/sizes.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/table_definition.h"
#include "engines/sqlite/virtual_table.h"

namespace dbkeeper::sqlite {
namespace {

constexpr const char* kMain = "main";

void read_objects(Connection& connection, Catalog& catalog) {
  Statement rows(connection, sql::kObjects);
  while (rows.step()) {
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    catalog.object_by_name.emplace(lower_ascii(rows.text(1)), catalog.objects.size());
    catalog.objects.push_back({text(0), text(1), text(2), text(3)});
    if (catalog.objects.back().type == "view")
      catalog.schema.others.push_back({{kMain, text(1)}, "view"});
  }
}

TableKind kind_of(std::string_view type) {
  if (type == "virtual") return TableKind::virtual_table;
  return type == "shadow" ? TableKind::shadow : TableKind::plain;
}

void read_tables(Connection& connection, Catalog& catalog) {
  Statement rows(connection, sql::kTables);
  while (rows.step()) {
    Table table;
    table.name = {kMain, std::string(rows.text(0))};
    table.kind = kind_of(rows.text(1));
    table.without_rowid = rows.integer(2) != 0;
    table.strict = rows.integer(3) != 0;
    catalog.table_by_name.emplace(lower_ascii(table.name.name), catalog.schema.tables.size());
    catalog.schema.tables.push_back(std::move(table));
  }
}

// SQLite itself knows the tables that a virtual one keeps its data in only where it has the module.
void find_shadows(Catalog& catalog) {
  for (Table& table : catalog.schema.tables) {
    const std::string& name = table.name.name;
    for (std::size_t end = name.find('_');
         end != std::string::npos && table.kind == TableKind::plain;
         end = name.find('_', end + 1)) {
      const Table* owner = catalog.find_table(name.substr(0, end));
      if (owner && owner->kind == TableKind::virtual_table &&
          keeps_data_in(parse_virtual_table(catalog.sql_of(owner->name.name)).module,
                        name.substr(end + 1)))
        table.kind = TableKind::shadow;
    }
  }
}

// A column's collation, and whether it numbers rows, from SQLite's parsed schema.
void read_details(Connection& connection, const Table& table, Column& column) {
  const char* collation = nullptr;
  int autoincrement = 0;
  const int code = sqlite3_table_column_metadata(
      connection.handle(), kMain, table.name.name.c_str(), column.name.c_str(), nullptr, &collation,
      nullptr, nullptr, &autoincrement);
  if (code != SQLITE_OK) connection.fail(code);
  if (collation && lower_ascii(collation) != "binary") column.collation = collation;
  if (autoincrement) column.origin = Origin::autoincrement;
}

Column column_in(Statement& row) {
  Column column;
  column.name = row.text(1);
  column.type = column_type(row.text(2));
  column.nullable = row.integer(3) == 0;
  column.default_expression = row.text(4);
  if (row.integer(6) == 2) column.origin = Origin::computed;
  if (row.integer(6) == 3) column.origin = Origin::stored;
  return column;
}

// Places a primary key's column by its number in the key, from 1 on.
void add_primary_column(Table& table, const std::string& column, std::size_t position) {
  if (!table.primary_key) {
    table.primary_key.emplace();
    table.primary_key->kind = Key::Kind::primary;
  }
  auto& parts = table.primary_key->parts;
  if (parts.size() < position) parts.resize(position);
  parts[position - 1].column = column;
}

void read_columns(Connection& connection, Catalog& catalog) {
  Statement rows(connection, sql::kColumns);
  Table* table = nullptr;
  while (rows.step()) {
    if (!table || table->name.name != rows.text(0)) table = catalog.find_table(rows.text(0));
    if (!table) continue;
    Column column = column_in(rows);
    read_details(connection, *table, column);
    if (table->strict && column.type.family == Family::any) column.type.affinity = Affinity::none;
    if (const auto position = rows.integer(5); position > 0)
      add_primary_column(*table, column.name, static_cast<std::size_t>(position));
    table->columns.push_back(std::move(column));
  }
}

// Only a virtual table whose module is built in has columns that can be told.
void read_virtual_columns(Connection& connection, Table& table) {
  try {
    Statement rows(connection, sql::kVirtualColumns);
    rows.bind(1, table.name.name);
    while (rows.step()) table.columns.push_back(column_in(rows));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::failed) throw;
    table.columns.clear();
  }
}

// A table's generated columns' expressions, as its text has them.
void read_generated(const Catalog& catalog, Table& table) {
  const bool any = std::any_of(table.columns.begin(), table.columns.end(),
                               [](const Column& column) { return column.generated(); });
  if (!any) return;
  const TableDefinition definition = parse_table(catalog.sql_of(table.name.name));
  for (const auto& [name, expression] : definition.generated)
    for (Column& column : table.columns)
      if (column.generated() && lower_ascii(column.name) == lower_ascii(name))
        column.default_expression = expression;
}

void describe_virtual_tables(Connection& connection, Catalog& catalog) {
  for (Table& table : catalog.schema.tables) {
    if (const Table* owner = catalog.owner_of(table))
      table.not_exportable =
          fmt::format("belongs to the virtual table '{}'", catalog.schema.display(*owner));
    if (table.kind != TableKind::virtual_table) continue;
    table.not_exportable =
        reason_not_to_export(parse_virtual_table(catalog.sql_of(table.name.name)));
    read_virtual_columns(connection, table);
  }
}

bool feeds_virtual_table(Catalog& catalog, const Object& trigger) {
  const std::vector<std::string> written = tables_written_by(trigger.sql);
  return std::any_of(written.begin(), written.end(), [&](const std::string& name) {
    const Table* table = catalog.find_table(name);
    return table && table->kind == TableKind::virtual_table;
  });
}

void read_triggers(Catalog& catalog) {
  for (const Object& object : catalog.objects) {
    if (object.type != "trigger") continue;
    if (Table* table = catalog.find_table(object.table))
      table->triggers.push_back(
          {object.name, Trigger::State::on, feeds_virtual_table(catalog, object)});
  }
}

}  // namespace

Table* Catalog::find_table(std::string_view name) {
  const auto at = table_by_name.find(lower_ascii(name));
  return at == table_by_name.end() ? nullptr : &schema.tables[at->second];
}

Table* Catalog::owner_of(const Table& shadow) {
  if (shadow.kind != TableKind::shadow) return nullptr;
  const std::string& name = shadow.name.name;
  for (std::size_t end = name.rfind('_'); end != std::string::npos && end > 0;
       end = name.rfind('_', end - 1)) {
    Table* table = find_table(name.substr(0, end));
    if (table && table->kind == TableKind::virtual_table) return table;
  }
  return nullptr;
}

const Object* Catalog::find_object(std::string_view name) const {
  const auto at = object_by_name.find(lower_ascii(name));
  return at == object_by_name.end() ? nullptr : &objects[at->second];
}

const std::string& Catalog::sql_of(std::string_view name) const {
  static const std::string kNone;
  const Object* object = find_object(name);
  return object ? object->sql : kNone;
}

Schema read_schema(Connection& connection) {
  Catalog catalog;
  catalog.schema.default_schema = kMain;
  read_objects(connection, catalog);
  read_tables(connection, catalog);
  find_shadows(catalog);
  read_columns(connection, catalog);
  for (Table& table : catalog.schema.tables) read_generated(catalog, table);
  read_keys(connection, catalog);
  read_foreign_keys(connection, catalog);
  describe_virtual_tables(connection, catalog);
  read_triggers(catalog);
  measure(connection, catalog);
  return std::move(catalog.schema);
}

}  // namespace dbkeeper::sqlite
