#include "dbkeeper/core/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/reading_progress.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

// Tables that others refer to are in a file's schema although their rows are not in its data.
void set_rows(Table& table, const std::vector<const TableTotal*>& read) {
  table.rows_exact = true;
  table.estimated_rows = 0;
  std::uint64_t referred = 0;
  bool in_file = false;
  for (const TableTotal* rows : read) {
    if (rows->section == Section::references) {
      referred = rows->total.rows;
    } else {
      table.estimated_rows = static_cast<std::int64_t>(rows->total.rows);
      in_file = true;
    }
  }
  if (!in_file)
    table.not_exportable = fmt::format("left out, but for {} referred to by others",
                                       plural(static_cast<std::int64_t>(referred), "row"));
}

}  // namespace

VerifiedExport verify_export(ExportReader& reader, Reporter& reporter, const Stop& stop) {
  VerifiedExport file{.metadata = reader.metadata(), .schema = reader.schema()};
  std::uint64_t rows = 0;
  while (const auto table = reader.next_table()) {
    Batch batch(table->columns.size());
    const auto source = reader.rows();
    while (source->next(batch)) {
      stop.check();
      rows += batch.rows();
      reporter.progress(reading_progress("verify", table->name, rows, reader));
    }
    file.tables.push_back({table->section, table->name, reader.total()});
  }
  file.bytes = reader.bytes();
  return file;
}

Inspection inspection_of(const VerifiedExport& file, const std::string& location,
                         std::int64_t bytes) {
  Inspection inspection;
  const export_json::Metadata& metadata = file.metadata;
  inspection.exported_at = metadata.timestamp;
  inspection.whole_schema = false;
  inspection.database.engine = metadata.engine;
  inspection.database.server_version = metadata.server_version;
  inspection.database.name = metadata.database;
  inspection.database.source_id = metadata.source_id;
  inspection.database.location = location;
  inspection.database.bytes = bytes;
  inspection.schema = file.schema;
  std::map<std::string_view, std::vector<const TableTotal*>> read;
  for (const TableTotal& rows : file.tables) read[rows.name].push_back(&rows);
  for (Table& table : inspection.schema.tables) {
    const auto found = read.find(inspection.schema.display(table));
    set_rows(table, found == read.end() ? std::vector<const TableTotal*>() : found->second);
  }
  inspection.order = order_tables(inspection.schema);
  if (metadata.schema_version)
    inspection.migrations.push_back({.tool = metadata.schema_version->tool,
                                     .table = {},
                                     .version = metadata.schema_version->version,
                                     .failed = {}});
  return inspection;
}

}  // namespace dbkeeper
