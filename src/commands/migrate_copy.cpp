#include "commands/migrate_copy.h"

#include <fmt/format.h>

#include <system_error>

#include "commands/proven_backup.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/thrown.h"
#include "dbkeeper/core/cleanup.h"
#include "dbkeeper/core/run_record.h"

namespace dbkeeper {
namespace {

NewBackup make(Database& database, Context& context) {
  NewBackupOptions options{.folder = context.settings.backup_dir};
  options.label = kPreMigrate;
  options.what.allow_empty = true;  // the first migration of all finds nothing
  NewBackup backup =
      make_backup(database, options, context.settings.jobs, context.reporter, context.stop);
  backup.file = std::filesystem::absolute(backup.file).lexically_normal();
  return backup;
}

}  // namespace

MigrateCopy::MigrateCopy(Database& database, Context& context) : backup_(make(database, context)) {
  open();
  context.reporter.info(fmt::format("backup, read back: {} ({})", backup_.file.string(),
                                    human_size(static_cast<std::int64_t>(backup_.bytes))));
}

MigrateCopy::~MigrateCopy() {
  // Another file under its name is somebody else's.
  if (kept_ || lost_ || !archive_->is_untouched()) return;
  use_.reset();
  std::error_code ignored;
  std::filesystem::remove(proof_file_of(backup_.file), ignored);
  std::filesystem::remove(backup_.file, ignored);
}

void MigrateCopy::open() {
  archive_.emplace(backup_.file);
  use_.emplace(backup_.file);
}

void MigrateCopy::secure(Context& context) {
  if (lost_ || archive_->is_untouched()) return;
  const std::string old = file();
  try {
    backup_.file = write_again(*archive_, context.settings.jobs, context.reporter, context.stop);
    open();
    remember_verified(backup_.file, context.reporter);
    context.reporter.warn(fmt::format(
        "the command removed or replaced the copy from before, {}: it is written again, and read "
        "back{}",
        old, file() == old ? "" : ": " + file()));
  } catch (...) {
    const Error error = as_error(std::current_exception());
    lost_ = true;
    context.reporter.warn(
        fmt::format("the command removed, replaced or overwrote the copy from "
                    "before, {}, and it is lost: {}",
                    old, error.message()));
  }
}

std::string copy_from_before_first_failure(const MigrateCopy& copy, const DatabaseInfo& database,
                                           const Context& context) {
  std::vector<DestructiveRun> runs = list_runs(context.settings.backup_dir);
  std::erase_if(runs, [&](const DestructiveRun& run) {
    return run.engine != database.engine || run.database != database.name ||
           run.location != database.location || !may_be_same_server(run.server, database.server);
  });
  std::error_code error;
  for (const Hold& hold : held_copies(runs))
    if (hold.file != copy.backup().file && std::filesystem::exists(hold.file, error))
      return hold.file.string();
  return {};
}

void clean_up_copies(const MigrateCopy& copy, Context& context) {
  const std::filesystem::path folder = context.settings.backup_dir;
  try {
    CleanupOptions options{.database = database_of(copy.backup().description)};
    options.rules.label = kPreMigrate;  // the user's own backups are the user's to remove
    options.rules.holds = held_copies(list_runs(folder));
    options.rules.holds.push_back({copy.backup().file, "made just now"});
    const CleanupReport report =
        clean_up(folder, options, context.settings.jobs, context.reporter, context.stop);
    for (const CleanedFile& file : report.files)
      if (!file.failure.empty())
        context.reporter.warn(
            fmt::format("cannot remove '{}': {}", file.backup.path.string(), file.failure));
  } catch (...) {
    context.reporter.warn(fmt::format("older copies are not cleaned up: {}",
                                      as_error(std::current_exception()).message()));
  }
}

}  // namespace dbkeeper
