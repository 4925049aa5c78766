#include "commands/restore_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/proven_backup.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper::restore_command {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 10;

std::string line_of(const FolderBackup& backup) {
  return fmt::format("{}  {} {}, {}, {}", backup.path.filename().string(), backup.engine,
                     backup.database, human_size(static_cast<std::int64_t>(backup.bytes)),
                     backup.problem.empty() ? plural(static_cast<std::int64_t>(backup.rows), "row")
                                            : backup.problem);
}

[[noreturn]] void refuse_no_choice(const Context& context) {
  const std::string& folder = context.settings.backup_dir;
  const auto backups = list_backups(folder);
  std::string list;
  for (std::size_t i = 0; i < std::min(backups.size(), kShown); ++i)
    list += "\n  " + line_of(backups[i]);
  throw Error(ErrorKind::usage, backups.empty()
                                    ? fmt::format("no backup is named, and {} has none", folder)
                                    : fmt::format("no backup is named; {} has{}", folder, list))
      .hint("name a FILE, or say --latest");
}

BackupArchive proven(const fs::path& path, Context& context) {
  try {
    return proven_backup(path, context);
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
  if (!backup.problem.empty() || backup.engine != database.engine ||
      backup.database != database.name)
    return false;
  return options.label.empty() ? backup.label != "pre-restore"
                               : glob_matches(options.label, backup.label);
}

// The newest that holds; those that don't are passed over, and told.
BackupArchive latest(const Options& options, Context& context) {
  const NamedDatabase database = context.named_database();
  for (const FolderBackup& backup : list_backups(context.settings.backup_dir)) {
    if (!is_candidate(backup, options, database)) continue;
    try {
      return proven(backup.path, context);
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
  if (options.file.empty()) refuse_no_choice(context);
  return proven(found_file(options.file, context), context);
}

}  // namespace dbkeeper::restore_command
