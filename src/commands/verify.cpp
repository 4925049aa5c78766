#include "commands/verify.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>

#include "commands/export_file.h"
#include "commands/proven_backup.h"
#include "commands/text_line.h"
#include "dbkeeper/base/file_use.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/drill.h"

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
  return text_line("{}: {}, all digests hold; written {} from {} {}", file.name,
                   tables_and_rows(content.tables), content.metadata.timestamp,
                   content.metadata.engine, content.metadata.server_version);
}

// A backup whose every byte holds, and what a drill of it came to.
struct VerifiedBackup {
  BackupArchive archive;
  std::optional<DrillReport> drill;
};

Value value_of(const std::optional<DrillReport>& drill) {
  if (!drill) return {};
  return Value()
      .set("equal", drill->differences.empty())
      .set("differences", Value::list(drill->differences))
      .set("left_out", Value::list(drill->left_out))
      .set("restore_seconds", drill->restore_seconds)
      .set("seconds", drill->seconds);
}

Value value_of(const VerifiedBackup& backup, double seconds) {
  const BackupDescription& description = backup.archive.description();
  Value tables = Value::object();
  for (const BackupTable& table : description.tables)
    tables.set(description.schema.display(table.name),
               Value().set("rows", table.total.rows).set("digest", table.total.sum.text()));
  return Value()
      .set("file", backup.archive.path().string())
      .set("kind", "backup")
      .set("bytes", backup.archive.bytes())
      .set("data_bytes", description.data_bytes)
      .set("database", description.database)
      .set("engine", description.engine)
      .set("server_version", description.server_version)
      .set("label", description.label)
      .set("timestamp", description.time)
      .set("rows", description.rows())
      .set("tables", std::move(tables))
      .set("drill", value_of(backup.drill))
      .set("seconds", seconds);
}

std::string text_of(const std::optional<DrillReport>& drill) {
  if (!drill) return "";
  if (drill->differences.empty())
    return fmt::format("; restored and compared in {:.0f} s", drill->seconds);
  return "; restored, and not the same:";
}

std::string differences_of(const std::optional<DrillReport>& drill) {
  std::string text;
  if (!drill) return text;
  for (const std::string& difference : drill->differences) text += text_line("  {}", difference);
  return text;
}

std::string text_of(const VerifiedBackup& backup) {
  const BackupDescription& description = backup.archive.description();
  return text_line("{}: {}, {}, all checksums hold; taken {} from {} {}{}",
                   backup.archive.path().string(),
                   plural(static_cast<std::int64_t>(description.tables.size()), "table"),
                   plural(static_cast<std::int64_t>(description.rows()), "row"), description.time,
                   description.engine, description.server_version, text_of(backup.drill)) +
         differences_of(backup.drill);
}

std::optional<Error> problem_of(const ExportFile&) { return std::nullopt; }

std::optional<Error> problem_of(const VerifiedBackup& backup) {
  if (!backup.drill || backup.drill->differences.empty()) return std::nullopt;
  return Error(ErrorKind::check,
               fmt::format("'{}', restored, is not what was backed up: {}",
                           backup.archive.path().string(), backup.drill->differences.front()))
      .hint("make a new backup, and drill that one");
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
  outcome.problem = problem_of(file);
  return outcome;
}

// Where a file that is no server's is restored to.
std::string scratch_folder(const std::filesystem::path& backup, const Context& context) {
  std::error_code ignored;
  if (std::filesystem::is_directory(context.settings.backup_dir, ignored))
    return context.settings.backup_dir;
  return backup.has_parent_path() ? backup.parent_path().string() : ".";
}

void forget_earlier_drills(const std::filesystem::path& backup, Reporter& reporter) {
  try {
    forget_restored(backup);
  } catch (const Error& error) {
    reporter.warn(fmt::format("an earlier drill still counts as a proof: {}", error.message()));
  }
}

void remember(const std::filesystem::path& backup, const DrillReport& report, Reporter& reporter) {
  try {
    record_restored(backup, std::chrono::system_clock::now(), report.seconds);
  } catch (const Error& error) {
    reporter.warn(fmt::format("'dbkeeper list' will not know of the drill: {}", error.message()));
  }
}

DrillReport carried_out(const BackupArchive& archive, Context& context) {
  const std::string address =
      drill_needs_address(archive.description()) ? context.address_of("") : "";
  try {
    return drill(archive, address, scratch_folder(archive.path(), context), context.settings.jobs,
                 context.open_options(Access::write));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::input) forget_earlier_drills(archive.path(), context.reporter);
    throw;
  }
}

DrillReport drilled(const BackupArchive& archive, Context& context) {
  DrillReport report = carried_out(archive, context);
  for (const std::string& what : report.left_out) context.reporter.warn("left out: " + what);
  if (report.differences.empty())
    remember(archive.path(), report, context.reporter);
  else
    forget_earlier_drills(archive.path(), context.reporter);
  return report;
}

VerifiedBackup verified(const std::filesystem::path& file, const Options& options,
                        Context& context) {
  const FileUse use(file);  // no cleanup removes it meanwhile
  VerifiedBackup backup{proven_backup(file, context), std::nullopt};
  if (!options.drill) return backup;
  try {
    backup.drill = drilled(backup.archive, context);
  } catch (Error& error) {
    error.during(fmt::format("the drill of {}", file.string()));
    throw;
  }
  return backup;
}

// What is no fault of the one backup: the next would fail as well.
bool concerns_all(const Error& error) {
  return error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::usage ||
         error.kind() == ErrorKind::connection;
}

// What has come of all backups of a folder.
struct Tally {
  std::size_t count = 0;
  std::size_t bad = 0;
  std::size_t damaged = 0;            // of these, by their checksums
  std::size_t unproven = 0;           // it could not be found out: no room for a drill, say
  std::optional<Error> why_unproven;  // the first of them

  void note(const Error& error) {
    if (error.kind() == ErrorKind::input || error.kind() == ErrorKind::check) {
      ++bad;
      damaged += error.kind() == ErrorKind::input;
    } else {
      ++unproven;
      if (!why_unproven) why_unproven = error;
    }
  }
};

// Damage counts more than what a drill has found, and that more than what is not known.
std::optional<Error> problem_of(const Tally& tally, bool drill) {
  const std::string all = plural(static_cast<std::int64_t>(tally.count), "backup");
  const std::string unproven = fmt::format("could not be {}", drill ? "drilled" : "verified");
  if (tally.bad > 0)
    return Error(
               tally.damaged > 0 ? ErrorKind::input : ErrorKind::check,
               fmt::format(
                   "{} of {} can't be relied on{}", tally.bad, all,
                   tally.unproven == 0 ? "" : fmt::format(", and {} {}", tally.unproven, unproven)))
        .hint("make a new one: dbkeeper backup");
  if (tally.unproven > 0)
    return Error(ErrorKind::failed, fmt::format("{} of {} {}: {}", tally.unproven, all, unproven,
                                                tally.why_unproven->message()))
        .hint(tally.why_unproven->hint());
  return std::nullopt;
}

// Every backup of the folder; one that is bad doesn't stop it.
Outcome verify_all(const Options& options, Context& context) {
  Value::List files;
  std::string text;
  Tally tally;
  for (const FolderBackup& backup : list_backups(context.settings.backup_dir)) {
    const std::string file = backup.path.string();
    try {
      const Outcome one = report([&] { return verified(file, options, context); });
      files.push_back(one.result);
      text += one.text;
      if (one.problem) tally.note(*one.problem);
    } catch (const Error& error) {
      if (concerns_all(error)) throw;
      tally.note(error);
      files.push_back(
          Value().set("file", file).set("kind", "backup").set("problem", error.message()));
      text += text_line("{}: {}", file, error.message());
    }
  }
  Outcome outcome;
  tally.count = files.size();
  outcome.result =
      Value().set("files", std::move(files)).set("bad", tally.bad).set("unproven", tally.unproven);
  outcome.text = text.empty() ? text_line("{} has no backup", context.settings.backup_dir) : text;
  outcome.problem = problem_of(tally, options.drill);
  return outcome;
}

void check_words(const Options& options) {
  if (options.all != options.file.empty())
    throw Error(ErrorKind::usage,
                options.all ? "both a FILE and --all are given" : "no FILE is given")
        .hint("name a FILE, or say --all for every backup in --dir");
  std::error_code unknown;
  if (options.drill && !options.all && !is_meant_as_backup(options.file) &&
      (options.file == "-" || std::filesystem::exists(options.file, unknown)))
    throw Error(ErrorKind::usage,
                fmt::format("--drill restores a backup, and '{}' is none", options.file))
        .hint("an export is tried with dbkeeper import --dry-run");
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  check_words(options);
  if (options.all) return verify_all(options, context);
  if (is_meant_as_backup(options.file))
    return report([&] { return verified(options.file, options, context); });
  return report([&] { return read_export_file(options.file, context); });
}

}  // namespace dbkeeper::verify_command
