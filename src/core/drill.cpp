#include "dbkeeper/core/drill.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include "core/diff_schema.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/sameness.h"
#include "dbkeeper/engines/scratch.h"

namespace dbkeeper {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kPurpose = "drill";
// A file of this name is nowhere: its name is what the scratch file's begins with.
constexpr std::string_view kNamelessFile = "backup.db";

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

OpenOptions with_access(OpenOptions options, Access access) {
  options.access = access;
  return options;
}

// That it can't be restored is what a drill is to find out; no room for it says nothing of it.
bool is_of_backup(const Error& error) {
  const bool is_finding = error.kind() == ErrorKind::failed || error.kind() == ErrorKind::conflict;
  return is_finding && !error.is_of_surroundings();
}

// Why it can't be restored; nothing if it was. What hinders any restore to that place is thrown.
std::optional<std::string> restore(const BackupArchive& archive, const ScratchDatabase& scratch,
                                   int jobs, const OpenOptions& options, DrillReport& report) {
  const auto target = begin_restore(scratch.address(), archive.description(), {.jobs = jobs},
                                    with_access(options, Access::write));
  target->check(archive.files());
  try {
    report.left_out =
        restore_backup(archive, *target, jobs, *options.reporter, *options.stop).left_out;
  } catch (const Error& error) {
    if (!is_of_backup(error)) throw;
    return error.message();
  }
  return std::nullopt;
}

std::string line_of(const std::string& table, const SchemaDifference& difference) {
  const std::string column = difference.column.empty() ? "" : " of column " + difference.column;
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  return fmt::format("{}: {}{} is {}, and was {}", table, difference.what, column,
                     shown(difference.b), shown(difference.a));
}

// Tables whose description isn't what the manifest has.
std::vector<std::string> schema_differences(const Schema& said, const Schema& restored) {
  std::vector<std::string> out;
  for (const Table& table : said.tables) {
    const std::string name = said.display(table);
    const Table* other = restored.find(table.name);
    if (!other) {
      out.push_back(fmt::format("the table {} is gone", name));
      continue;
    }
    for (const SchemaDifference& difference :
         compare_tables(said, table, restored, *other, SchemaDetail::of_export))
      out.push_back(line_of(name, difference));
  }
  for (const Table& table : restored.tables)
    if (!said.find(table.name))
      out.push_back(fmt::format("the table {} is new", restored.display(table)));
  return out;
}

std::vector<std::string> compare(const BackupArchive& archive, const ScratchDatabase& scratch,
                                 int jobs, const OpenOptions& options) {
  const auto database = open_database(scratch.address(), with_access(options, Access::read));
  std::vector<std::string> differences =
      schema_differences(archive.description().schema, database->snapshot()->schema());
  // What is written anew from SQL may be worded otherwise, expressions in constraints say, and
  // roles may be missing: there only what the manifest tells of tables is compared.
  const SamenessOptions what{.structure = !drill_needs_address(archive.description()),
                             .jobs = jobs};
  for (std::string& change :
       changes_since(archive, *database, what, *options.reporter, *options.stop))
    if (std::ranges::find(differences, change) == differences.end())
      differences.push_back(std::move(change));
  return differences;
}

std::vector<std::string> compare_as_backups(const BackupArchive& archive,
                                            const ScratchDatabase& scratch, int jobs,
                                            const OpenOptions& options) {
  try {
    return compare(archive, scratch, jobs, options);
  } catch (Error& error) {
    error.during(
        "comparing what was restored, which a drill reads as a backup does, and with the same "
        "tools");
    throw;
  }
}

}  // namespace

bool drill_needs_address(const BackupDescription& description) {
  return std::ranges::none_of(description.streams, [](const BackupStream& stream) {
    return stream.format == StreamFormat::database_image;
  });
}

DrillReport drill(const BackupArchive& archive, const std::string& address,
                  const std::string& folder, int jobs, const OpenOptions& options) {
  const auto begin = Clock::now();
  const std::string beside =
      address.empty() ? (std::filesystem::path(folder) / kNamelessFile).string() : address;
  const auto scratch = make_scratch(beside, kPurpose, folder, options);
  options.reporter->debug(fmt::format("the scratch database is '{}'", scratch->name()));
  DrillReport report;
  if (const auto why = restore(archive, *scratch, jobs, options, report)) {
    report.differences = {"it can't be restored: " + *why};
    report.seconds = seconds_since(begin);
    return report;
  }
  report.restore_seconds = seconds_since(begin);
  report.differences = compare_as_backups(archive, *scratch, jobs, options);
  report.seconds = seconds_since(begin);
  return report;
}

}  // namespace dbkeeper
