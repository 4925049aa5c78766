#include "commands/import_source.h"

#include <fmt/format.h>

#include "commands/file_database.h"
#include "dbkeeper/base/temporary_bytes.h"
#include "dbkeeper/core/export.h"
#include "dbkeeper/formats/export_source.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kStdin = "-";

void write_export_of(Database& database, Context& context, TemporaryBytes& into) {
  const auto snapshot = database.snapshot();
  const DatabaseInfo info = database.info();
  const Schema schema = snapshot->schema();
  const ExportPlan plan = plan_export(schema, {});
  const auto metadata = describe_moment(moment_of(info), info, *snapshot, schema, plan);
  const int readers = database.capabilities().parallel_readers ? context.settings.jobs : 1;
  ZstdWriter compressor([&](std::string_view bytes) { into.append(bytes); });
  write_export(
      *snapshot, schema, plan, metadata, [&](std::string_view text) { compressor.write(text); },
      readers, context.reporter, context.stop);
  compressor.finish();
}

std::unique_ptr<ByteSource> export_of_database(const std::string& file, Context& context) {
  auto text = std::make_unique<TemporaryBytes>(fmt::format("an export of '{}'", file));
  const FileDatabase opened = open_file_database(file, context);
  write_export_of(*opened.database, context, *text);
  return text;
}

}  // namespace

std::unique_ptr<ByteSource> import_source(const std::string& file, Context& context) {
  if (holds_database(file)) return export_source(export_of_database(file, context));
  return export_source(open_bytes(file, context.stop));
}

std::string shown_name(const std::string& file) { return file == kStdin ? "stdin" : file; }

}  // namespace dbkeeper
