#include "dbkeeper/core/safety_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/export.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/core/inspect.h"
#include "dbkeeper/core/verify.h"
#include "dbkeeper/formats/export_source.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

// What an export leaves out unless it is named is part of the database all the same.
ExportOptions everything(const Schema& schema) {
  ExportOptions options{.allow_empty = true};
  for (const Table& table : schema.tables) {
    const bool whole = !table.partition_of &&
                       (table.kind == TableKind::plain || table.kind == TableKind::partitioned);
    const bool named_only = table.not_exportable.empty() && !history_tool(schema, table).empty();
    if (whole && (named_only || why_left_out(schema, table).empty()))
      options.include.push_back(schema.display(table));
  }
  return options;
}

fs::path write_copy(Database& database, const fs::path& folder, std::string_view label, int readers,
                    Reporter& reporter, const Stop& stop) {
  const auto snapshot = database.snapshot();
  const auto moment = std::chrono::system_clock::now();
  const Schema schema = snapshot->schema();
  const DatabaseInfo info = database.info();
  const ExportPlan plan = plan_export(schema, everything(schema));
  const auto metadata = describe_moment(moment, info, *snapshot, schema, plan);
  AtomicFile file(folder / (backup_name(info.name, label, moment) + ".json.zst"));
  ZstdWriter compressor([&](std::string_view bytes) { file.write(bytes); });
  write_export(
      *snapshot, schema, plan, metadata, [&](std::string_view text) { compressor.write(text); },
      database.capabilities().parallel_readers ? readers : 1, reporter, stop);
  compressor.finish();
  stop.check();
  return file.commit_as_new();
}

// What it takes to believe in a copy: to have read it.
SafetyCopy read_back(const fs::path& path, Reporter& reporter, const Stop& stop) {
  SafetyCopy copy{.file = path.string(), .tables = {}};
  ExportReader reader(export_source(open_bytes(path, stop)));
  copy.tables = verify_export(reader, reporter, stop).tables;
  copy.bytes = fs::file_size(path);
  return copy;
}

// Of these kinds the user has to know as they are; all else is that there is no copy.
bool speaks_for_itself(ErrorKind kind) {
  return kind == ErrorKind::interrupted || kind == ErrorKind::refused ||
         kind == ErrorKind::connection;
}

}  // namespace

SafetyCopy make_safety_copy(Database& database, const std::string& folder, std::string_view label,
                            int readers, Reporter& reporter, const Stop& stop) {
  fs::path path;
  try {
    make_backup_folder(folder);
    path = write_copy(database, folder, label, readers, reporter, stop);
    return read_back(path, reporter, stop);
  } catch (Error& error) {
    std::error_code ignored;
    if (!path.empty()) fs::remove(path, ignored);
    error.during("making a safety copy; nothing was changed");
    if (speaks_for_itself(error.kind())) throw;
    Error failure(ErrorKind::failed, error.message());
    failure.table(error.table()).hint(error.hint());
    for (const std::string& context : error.context()) failure.during(context);
    throw failure;
  }
}

}  // namespace dbkeeper
