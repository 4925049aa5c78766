#include "commands/verify.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "commands/export_file.h"
#include "commands/proven_backup.h"
#include "dbkeeper/base/text.h"
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

// Every backup of the folder; one that is bad doesn't stop it.
Outcome verify_all(Context& context) {
  Value::List files;
  std::string text;
  std::size_t bad = 0;
  for (const FolderBackup& backup : list_backups(context.settings.backup_dir)) {
    const std::string file = backup.path.string();
    try {
      const Outcome one = report([&] { return proven_backup(file, context); });
      files.push_back(one.result);
      text += one.text;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
      ++bad;
      files.push_back(
          Value().set("file", file).set("kind", "backup").set("problem", error.message()));
      text += fmt::format("{}: {}\n", file, error.message());
    }
  }
  Outcome outcome;
  const auto count = static_cast<std::int64_t>(files.size());
  outcome.result = Value().set("files", std::move(files)).set("bad", bad);
  outcome.text =
      text.empty() ? fmt::format("{} has no backup\n", context.settings.backup_dir) : text;
  if (bad > 0)
    outcome.problem = Error(ErrorKind::input, fmt::format("{} of {} can't be relied on", bad,
                                                          plural(count, "backup")))
                          .hint("make a new one: dbkeeper backup");
  return outcome;
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "a backup, or an export; - is an export from standard input")
      ->type_name("FILE");
  app.add_flag("--all", options.all, "every backup in --dir");
}

Outcome run(const Options& options, Context& context) {
  if (options.all != options.file.empty())
    throw Error(ErrorKind::usage,
                options.all ? "both a FILE and --all are given" : "no FILE is given")
        .hint("name a FILE, or say --all for every backup in --dir");
  if (options.all) return verify_all(context);
  if (is_meant_as_backup(options.file))
    return report([&] { return proven_backup(options.file, context); });
  return report([&] { return read_export_file(options.file, context); });
}

}  // namespace dbkeeper::verify_command
