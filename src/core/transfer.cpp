#include "dbkeeper/core/transfer.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/inspect.h"
#include "dbkeeper/core/order.h"

namespace dbkeeper {
namespace {

std::vector<std::string> given_columns(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    if (!column.generated()) names.push_back(column.name);
  return names;
}

const Table& target_table(const Schema& target, const std::string& shown) {
  const auto name = parse_display(shown, target.default_schema);
  const Table* table = name ? target.find(*name) : nullptr;
  if (table) return *table;
  std::vector<std::string> names;
  for (const Table& other : target.tables) names.push_back(target.display(other));
  throw Error(ErrorKind::conflict,
              fmt::format("the target has no table '{}'{}", shown, did_you_mean(shown, names)))
      .table(shown)
      .hint("migrate the target to the schema that the file comes from, or leave the table out");
}

std::vector<Family> target_families(const Table& table, const export_json::FileTable& file) {
  std::vector<Family> families;
  for (const auto& column : file.columns) {
    const Column* target = table.find_column(column.name);
    if (!target)
      throw Error(ErrorKind::conflict, fmt::format("table '{}' of the target has no column '{}'",
                                                   file.name, column.name))
          .table(file.name)
          .column(column.name)
          .hint("migrate the target to the schema that the file comes from");
    families.push_back(target->type.family);
  }
  return families;
}

std::vector<std::string> names_of(const export_json::FileTable& file) {
  std::vector<std::string> names;
  for (const auto& column : file.columns) names.push_back(column.name);
  return names;
}

// Moves every batch from one end to the other.
template <class Write>
std::uint64_t pump(RowSource& source, std::size_t columns, Write write, const Stop& stop) {
  Batch batch(columns);
  std::uint64_t rows = 0;
  while (source.next(batch)) {
    stop.check();
    write(batch);
    rows += batch.rows();
  }
  return rows;
}

}  // namespace

ExportPlan plan_export(const Schema& schema) {
  ExportPlan plan;
  for (const std::size_t at : order_tables(schema).sequence) {
    const Table& table = schema.tables[at];
    if (!holds_rows(table) || !table.not_exportable.empty() || !history_tool(schema, table).empty())
      continue;
    plan.tables.push_back({&table, given_columns(table)});
  }
  return plan;
}

void write_export(Snapshot& snapshot, const Schema& schema, const ExportPlan& plan,
                  const export_json::Metadata& metadata, export_json::Output output,
                  Reporter& reporter, const Stop& stop) {
  std::vector<const Table*> tables;
  for (const ExportPlan::Entry& entry : plan.tables) tables.push_back(entry.table);
  export_json::Writer writer(std::move(output), metadata, schema, tables);
  for (const ExportPlan::Entry& entry : plan.tables) {
    reporter.progress({.activity = "export", .table = entry.table->name.name});
    writer.begin_table(*entry.table, entry.columns);
    const auto source = snapshot.rows(*entry.table, entry.columns);
    pump(
        *source, entry.columns.size(), [&](const Batch& batch) { writer.rows(batch); }, stop);
    writer.end_table();
  }
  writer.finish();
}

std::uint64_t read_export(export_json::Reader& reader, Transaction& transaction,
                          const Schema& target, Reporter& reporter, const Stop& stop) {
  std::uint64_t rows = 0;
  while (const auto file = reader.next_table()) {
    const Table& table = target_table(target, file->name);
    const auto source = reader.rows(target_families(table, *file));
    const auto sink = transaction.insert(table, names_of(*file));
    reporter.progress({.activity = "import", .table = file->name, .rows = rows});
    rows += pump(
        *source, file->columns.size(), [&](const Batch& batch) { sink->write(batch); }, stop);
    sink->finish();
  }
  return rows;
}

}  // namespace dbkeeper
