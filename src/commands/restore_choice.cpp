#include "commands/restore_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "commands/proven_backup.h"
#include "dbkeeper/base/printable.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/retention.h"
#include "dbkeeper/formats/foreign_file.h"

namespace dbkeeper::restore_command {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 10;

std::string line_of(const FolderBackup& backup) {
  return fmt::format(
      "{}  {} {}, {}, {}{}", backup.path.filename().string(), backup.engine, backup.database,
      human_size(static_cast<std::int64_t>(backup.bytes)),
      backup.problem.empty() ? plural(static_cast<std::int64_t>(backup.rows), "row")
                             : backup.problem,
      is_yet_to_come(backup, std::chrono::system_clock::now()) ? ", its time is yet to come" : "");
}

// The newest ones, numbered where one of them is to be chosen.
std::string shown(const std::vector<FolderBackup>& backups, bool numbered) {
  std::string list;
  for (std::size_t i = 0; i < std::min(backups.size(), kShown); ++i)
    list += (numbered ? fmt::format("\n  {:2}  ", i + 1) : fmt::format("{}  ", kLineBreak)) +
            one_line(line_of(backups[i]));
  return list;
}

// One of the newest ten, by its number.
fs::path asked_for(Context& context) {
  const std::string& folder = context.settings.backup_dir;
  const auto backups = list_backups(folder);
  if (backups.empty())
    throw Error(ErrorKind::usage, fmt::format("no backup is named, and {} has none", folder))
        .hint("name a FILE; --dir names another folder");
  const auto answer = context.ask(fmt::format("The newest backups in {}:{}\nWhich one (number)? ",
                                              folder, shown(backups, true)));
  if (!answer)
    throw Error(ErrorKind::usage,
                fmt::format("no backup is named; {} has{}", folder, shown(backups, false)))
        .hint("name a FILE, or say --latest");
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(answer->data(), answer->data() + answer->size(), number);
  if (error != std::errc() || end != answer->data() + answer->size() || number < 1 ||
      number > std::min(backups.size(), kShown))
    throw Error(ErrorKind::refused,
                fmt::format("'{}' is none of the numbers; nothing was changed", *answer));
  return backups[number - 1].path;
}

[[noreturn]] void refuse(const fs::path& path, const std::string& meaning, std::string hint) {
  throw Error(ErrorKind::input,
              fmt::format("'{}' is no backup of dbkeeper's: it is {}", path.string(), meaning))
      .hint(std::move(hint));
}

// Whatever else people restore, which other programs or commands take.
void refuse_others(const fs::path& path) {
  const std::string word = shell_word(path.string());
  if (const auto other = foreign_folder(path)) refuse(path, other->meaning, other->hint);
  if (is_backup_file(path)) return;
  if (is_database_file(path.string()))
    refuse(
        path, "an SQLite database",
        fmt::format("make a backup of it, and restore that: dbkeeper backup --db {0} -o FILE.dbk; "
                    "dbkeeper import {0} brings its rows alone into this database",
                    word));
  const FileBeginning beginning = beginning_of(path);
  if (const auto other = foreign_file(beginning, path.string()))
    refuse(path, other->meaning, other->hint);
  if (begins_like_export(beginning.text))
    refuse(path, "an export, which has rows and no schema",
           fmt::format("its rows go into tables that are there: dbkeeper import {}", word));
}

BackupArchive undamaged(const fs::path& path, Context& context) {
  refuse_others(path);
  try {
    return undamaged_backup(path, context);
  } catch (Error& error) {
    error.during("proving " + path.string() + "; nothing was changed");
    throw;
  }
}

// A name alone may mean a file of the folder.
fs::path found_file(const std::string& name, const Context& context) {
  std::error_code ignored;
  const fs::path inside = fs::path(context.settings.backup_dir) / name;
  return !fs::exists(name, ignored) && fs::exists(inside, ignored) ? inside : fs::path(name);
}

bool is_candidate(const FolderBackup& backup, const Options& options,
                  const NamedDatabase& database) {
  if (!backup.problem.empty() || backup.engine != database.engine) return false;
  return options.label.empty() ? backup.label != kPreRestore
                               : glob_matches(options.label, backup.label);
}

// By which backups know the database; nothing where it is gone, or can't be told.
std::optional<std::string> source_id_now(Context& context) {
  try {
    return context.open_database(Access::read)->info().source_id;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::usage) throw;
    return std::nullopt;
  }
}

// Those of this very database; where there are none, those of its name: it may have been made anew.
std::vector<FolderBackup> candidates(const Options& options, const NamedDatabase& database,
                                     Context& context) {
  std::vector<FolderBackup> backups = list_backups(context.settings.backup_dir);
  std::erase_if(backups, [&](const FolderBackup& backup) {
    return !is_candidate(backup, options, database);
  });
  const auto id = source_id_now(context);
  const auto is_other = [&](const FolderBackup& backup) { return !id || backup.source_id != id; };
  if (std::ranges::all_of(backups, is_other))
    std::erase_if(backups, [&](const FolderBackup& b) { return b.database != database.name; });
  else
    std::erase_if(backups, is_other);
  return backups;
}

// The newest that holds; those that don't are passed over, and told.
BackupArchive latest(const Options& options, Context& context) {
  const NamedDatabase database = context.named_database();
  for (const FolderBackup& backup : candidates(options, database, context)) {
    if (is_yet_to_come(backup, std::chrono::system_clock::now())) {
      context.reporter.warn(fmt::format(
          "{} is passed over: its time, {}, is yet to come, so a clock was wrong; named, "
          "it can be restored",
          backup.path.string(), rfc3339(backup.time)));
      continue;
    }
    try {
      return undamaged(backup.path, context);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      context.reporter.warn(
          fmt::format("{} is passed over: {}", backup.path.string(), error.message()));
    }
  }
  throw Error(ErrorKind::usage,
              fmt::format("{} has no sound backup of the {} database '{}'{}",
                          context.settings.backup_dir, database.engine, database.name,
                          options.label.empty() ? "" : " with the label " + options.label))
      .hint("dbkeeper list shows what there is");
}

}  // namespace

BackupArchive chosen_archive(const Options& options, Context& context) {
  if (options.latest) return latest(options, context);
  if (options.file == "-")
    throw Error(ErrorKind::input,
                "a backup is read from a file, not from a pipe: it is read twice, once to prove it")
        .hint("write what comes in to a file, and restore that; ./- is a file of that name");
  if (options.file.empty()) return undamaged(asked_for(context), context);
  return undamaged(found_file(options.file, context), context);
}

}  // namespace dbkeeper::restore_command
