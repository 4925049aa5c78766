#include "support/memory_import_rows.h"

#include <algorithm>

#include "dbkeeper/base/json_text.h"

namespace dbkeeper::testing::model {
namespace {

Value value_of(const MemoryCell& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return {};
    case CellKind::boolean:
      return cell.integer != 0;
    case CellKind::integer:
      return cell.integer;
    case CellKind::real:
    case CellKind::single:
      return cell.real;
    default:
      return cell.text;
  }
}

bool is_emptied(const ImportPlan& plan, const Table& table) {
  for (const auto& group : plan.emptied)
    for (const Table* each : group)
      if (each->name == table.name) return true;
  return false;
}

void take(TableRows& into, std::size_t number, Rows kind, const Staging& staging) {
  const auto staged = staging.find({into.table->name, kind});
  if (staged == staging.end()) return;
  (kind == Rows::data ? into.columns : into.reference_columns) = staged->second.columns;
  for (const MemoryRow& values : staged->second.rows) {
    FileRow row;
    row.table = number;
    row.kind = kind;
    row.values = values;
    into.rows.push_back(std::move(row));
  }
}

}  // namespace

bool TableRows::carries(Rows kind, const std::string& column) const {
  return contains(kind == Rows::data ? columns : reference_columns, column);
}

bool TableRows::has_key(Rows kind) const {
  if (!table->primary_key) return false;
  const std::vector<std::string> key = table->primary_key->columns();
  return std::all_of(key.begin(), key.end(),
                     [&](const std::string& column) { return carries(kind, column); });
}

bool TableRows::in_primary_key(const std::string& column) const {
  return table->primary_key && contains(table->primary_key->columns(), column);
}

const Column* TableRows::numbered() const {
  if (table->primary_key)
    for (const std::string& name : table->primary_key->columns())
      if (const Column* column = table->find_column(name); column->numbered()) return column;
  return nullptr;
}

Work::Work(const ImportPlan& the_plan, const MemoryState& state, const Staging& staging)
    : plan(the_plan), before(state) {
  for (std::size_t i = 0; i < plan.tables.size(); ++i) {
    TableRows& rows = tables.emplace_back();
    rows.plan = &plan.tables[i];
    rows.table = plan.tables[i].table;
    rows.target = before.rows.at(rows.table->name);
    rows.emptied = is_emptied(plan, *rows.table);
    take(rows, i, Rows::data, staging);
    take(rows, i, Rows::references, staging);
  }
}

bool Work::is_new(const FileRow& row) const {
  return row.kind == Rows::data && of(row).plan->written && !row.found;
}

bool Work::is_written(const FileRow& row) const {
  if (row.kind != Rows::data || !of(row).plan->written || row.dropped) return false;
  return !row.found || plan.mode == ImportMode::merge;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string json_key(const Table& table, const MemoryRow& row) {
  Value::List values;
  for (const std::size_t column : positions(table, table.primary_key->columns()))
    values.push_back(value_of(row[column]));
  return json_of(std::move(values));
}

std::string shown(const TableRows& table, const MemoryRow& row) {
  return table.plan->name + " " + dbkeeper::testing::shown(row);
}

}  // namespace dbkeeper::testing::model
