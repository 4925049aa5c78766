#include "dbkeeper/core/inspect.h"

#include <fmt/format.h>

#include <algorithm>

namespace dbkeeper {
namespace {

void count_rows(Snapshot& snapshot, Schema& schema, Reporter& reporter, const Stop& stop) {
  for (Table& table : schema.tables) {
    stop.check();
    if (table.rows_exact || !table.not_exportable.empty()) continue;
    reporter.progress({.activity = "count", .table = table.name.name});
    table.estimated_rows = snapshot.count(table);
    table.rows_exact = true;
  }
}

}  // namespace

bool holds_rows(const Table& table) { return table.kind != TableKind::partitioned; }

std::string why_left_out(const Schema& schema, const Table& table) {
  const bool hidden = !table.readable || table.row_security_applies;  // from this role alone
  if (!hidden && !table.not_exportable.empty()) return table.not_exportable;
  if (const std::string tool = history_tool(schema, table); !tool.empty())
    return fmt::format("the history of {}: exported only if included by name", tool);
  if (!table.extension.empty())
    return fmt::format("belongs to extension {}: exported only if included by name",
                       table.extension);
  return {};
}

std::string Inspection::left_out(const Table& table) const {
  const bool in_file = !exported_at.empty();
  return table.not_exportable.empty() && !in_file ? why_left_out(schema, table)
                                                  : table.not_exportable;
}

std::int64_t Inspection::total_rows() const {
  std::int64_t total = 0;
  for (const Table& table : schema.tables) {
    if (!holds_rows(table) || !table.not_exportable.empty()) continue;
    if (table.estimated_rows < 0) return -1;
    total += table.estimated_rows;
  }
  return total;
}

bool Inspection::rows_exact() const {
  return std::all_of(schema.tables.begin(), schema.tables.end(), [](const Table& table) {
    return table.rows_exact || !holds_rows(table) || !table.not_exportable.empty();
  });
}

Inspection inspect(Database& database, const InspectOptions& options, Reporter& reporter,
                   const Stop& stop) {
  Inspection inspection;
  const auto snapshot = database.snapshot();
  inspection.schema = snapshot->schema();
  inspection.order = order_tables(inspection.schema);
  inspection.migrations = migration_states(*snapshot, inspection.schema);
  if (options.exact) count_rows(*snapshot, inspection.schema, reporter, stop);
  inspection.database = database.info();
  inspection.whole_schema = database.capabilities().whole_schema;
  return inspection;
}

}  // namespace dbkeeper
