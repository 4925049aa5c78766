#include "commands/verify.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "commands/export_file.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper::verify_command {
namespace {

Value value_of(const ExportFile& file, double seconds) {
  const VerifiedExport& content = file.content;
  const export_json::Metadata& metadata = content.metadata;
  return Value()
      .set("file", file.name)
      .set("kind", "export")
      .set("bytes", file.bytes)
      .set("document_bytes", content.bytes)
      .set("database", metadata.database)
      .set("engine", metadata.engine)
      .set("server_version", metadata.server_version)
      .set("timestamp", metadata.timestamp)
      .set("rows", rows_of(content.tables))
      .set("tables", totals_of(content.tables, false))
      .set("references", totals_of(content.tables, true))
      .set("seconds", seconds);
}

std::string text_of(const ExportFile& file) {
  const VerifiedExport& content = file.content;
  return fmt::format("{}: {}, all digests hold; written {} from {} {}\n", file.name,
                     tables_and_rows(content.tables), content.metadata.timestamp,
                     content.metadata.engine, content.metadata.server_version);
}

Value value_of(const BackupArchive& archive, double seconds) {
  const BackupDescription& description = archive.description();
  Value tables = Value::object();
  for (const BackupTable& table : description.tables)
    tables.set(description.schema.display(table.name),
               Value().set("rows", table.total.rows).set("digest", table.total.sum.text()));
  return Value()
      .set("file", archive.path().string())
      .set("kind", "backup")
      .set("bytes", archive.bytes())
      .set("data_bytes", description.data_bytes)
      .set("database", description.database)
      .set("engine", description.engine)
      .set("server_version", description.server_version)
      .set("label", description.label)
      .set("timestamp", description.time)
      .set("rows", description.rows())
      .set("tables", std::move(tables))
      .set("seconds", seconds);
}

std::string text_of(const BackupArchive& archive) {
  const BackupDescription& description = archive.description();
  return fmt::format("{}: {}, {}, all checksums hold; taken {} from {} {}\n",
                     archive.path().string(),
                     plural(static_cast<std::int64_t>(description.tables.size()), "table"),
                     plural(static_cast<std::int64_t>(description.rows()), "row"), description.time,
                     description.engine, description.server_version);
}

// Empty files and such, which nothing but their name tells apart, are told as what they were to be.
bool is_meant_as_backup(const std::filesystem::path& file) {
  std::error_code unknown;
  return is_backup_file(file) ||
         (file.extension() == ".dbk" && std::filesystem::is_regular_file(file, unknown));
}

// What was found out is kept beside the file; that it can't be is no fault of the backup's.
void remember_verified(const std::filesystem::path& file, Reporter& reporter) {
  try {
    record_verified(file, std::chrono::system_clock::now());
  } catch (const Error& error) {
    reporter.warn(
        fmt::format("'dbkeeper list' will not know that it was verified: {}", error.message()));
  }
}

BackupArchive verified_backup(const std::string& file, Context& context) {
  try {
    BackupArchive archive(file);
    verify_backup(archive, context.settings.jobs, context.reporter, context.stop);
    remember_verified(file, context.reporter);
    return archive;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::input) forget_proof(file);
    throw;
  }
}

// The report of a file that `read` reads, with the time that it took.
template <class Read>
Outcome report(Read read) {
  const auto begin = std::chrono::steady_clock::now();
  const auto file = read();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  Outcome outcome;
  outcome.result = value_of(file, elapsed.count());
  outcome.text = text_of(file);
  return outcome;
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "a backup, or an export; - is an export from standard input")
      ->type_name("FILE")
      ->required();
}

Outcome run(const Options& options, Context& context) {
  if (is_meant_as_backup(options.file))
    return report([&] { return verified_backup(options.file, context); });
  return report([&] { return read_export_file(options.file, context); });
}

}  // namespace dbkeeper::verify_command
