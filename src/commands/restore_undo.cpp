#include "commands/restore_undo.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "commands/import.h"
#include "commands/import_safety.h"
#include "commands/proven_backup.h"
#include "commands/restore_question.h"
#include "commands/run_lock.h"
#include "commands/stopped_run.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/run_record.h"
#include "dbkeeper/engines/target.h"

namespace dbkeeper::restore_command {
namespace {

namespace fs = std::filesystem;

std::string named(const DestructiveRun& run) {
  return fmt::format("{} of {}", run.command, rfc3339(run.begun));
}

// What is known of the database as it is now: nothing if it can't be asked.
DatabaseInfo info_now(const Options& options, Context& context) {
  try {
    return context.open_address(options.to, Access::read)->info();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::usage) throw;
    return {};
  }
}

// A file may have several names.
bool is_place(const DestructiveRun& run, const std::string& database, const std::string& location) {
  std::error_code no_file;
  return fs::equivalent(run.location, location, no_file) ||
         (run.location == location && (database.empty() || run.database == database));
}

// As Target::shown has it.
std::string shown_place(const DestructiveRun& run, const Target& target) {
  return target.file.empty() ? fmt::format("{} on {}", run.database, run.location) : run.location;
}

// A server's host is told in many ways: by its name alone it is known better.
bool is_at(const DestructiveRun& run, const Target& target, const std::string& database) {
  return target.file.empty() ? run.database == database : is_place(run, database, target.file);
}

// What led to the database when it was destroyed may lead to another by now: nobody can tell which
// of the two is meant.
void refuse_another_way(const Options& options, Context& context) {
  const std::string address = context.address_of(options.to);
  const NamedDatabase database = dbkeeper::named_database(address);
  const Target target = resolve_target(address);
  for (const DestructiveRun& run : list_runs(context.settings.backup_dir)) {
    if (run.engine != database.engine) continue;
    if (is_at(run, target, database.name)) return;
    // Where the link was, the file itself may be now.
    if (run.way.empty() || (run.way != dbkeeper::way_of(address) && run.way != target.file))
      continue;
    throw Error(ErrorKind::refused,
                fmt::format("'{}' led to {} when {} was run, and leads to {} now; nothing was "
                            "changed",
                            run.way, shown_place(run, target), named(run), target.shown))
        .hint("name the one that is meant by its own address: --db");
  }
}

// Those of this database, the last one first. One that is gone, so that nobody says where it is, is
// known by its name, as long as no other has that.
std::vector<DestructiveRun> runs_on_database(const Options& options, Context& context) {
  const NamedDatabase database = dbkeeper::named_database(context.address_of(options.to));
  const DatabaseInfo now = info_now(options, context);
  const std::string& location = now.location;
  std::vector<DestructiveRun> runs = list_runs(context.settings.backup_dir);
  // One address may lead to another server today, through a tunnel.
  std::erase_if(runs, [&](const DestructiveRun& run) {
    return run.engine != database.engine || !may_be_same_server(run.server, now.server);
  });
  std::set<std::string> locations;
  for (const DestructiveRun& run : runs)
    if (run.database == database.name) locations.insert(run.location);
  if (!location.empty() || locations.size() > 1)
    std::erase_if(runs, [&](const auto& run) { return !is_place(run, database.name, location); });
  else
    std::erase_if(runs, [&](const auto& run) { return run.database != database.name; });
  if (runs.empty())
    throw Error(ErrorKind::failed,
                fmt::format("{} knows of no destructive run on the {} database '{}'{}{}",
                            context.settings.backup_dir, database.engine, database.name,
                            location.empty() ? "" : " at " + location,
                            locations.empty()
                                ? ""
                                : ", but at " + join({locations.begin(), locations.end()}, ", ")))
        .hint("--dir names the folder that the run had; dbkeeper list shows what there is");
  return runs;
}

// What was stopped before it had changed anything is no run, and known no more from then on.
// Requires: the database is locked.
DestructiveRun last_run(const Options& options, Context& context) {
  const std::string address = context.address_of(options.to);
  for (DestructiveRun& run : runs_on_database(options, context)) {
    if (may_have_changed(run, address, context)) return std::move(run);
    forget_run(run);
    context.reporter.info(fmt::format("{} was stopped before it changed anything", named(run)));
  }
  throw Error(ErrorKind::failed,
              "the destructive runs on this database were stopped before they changed anything: "
              "there is nothing to take back");
}

RestoreWish wish_of(const Options& options, Context& context, const DestructiveRun& run,
                    const std::string& from) {
  return {.to = options.to,
          .how = way_of(options, context),
          .safety_backup = !options.no_safety_backup,
          .command = "restore --undo",
          .agree = [&options, &context, what = named(run), from](const RestoreTarget& target) {
            ask_to_undo(what, from, options, context, target);
          }};
}

// A file is put aside only since it is damaged.
[[noreturn]] void refuse_aside(const DestructiveRun& run) {
  std::error_code ignored;
  if (!fs::exists(run.aside, ignored))
    throw Error(ErrorKind::failed,
                fmt::format("what was there before {} was put aside as '{}', which is gone",
                            named(run), run.aside))
        .hint("dbkeeper list shows the backups that there are");
  throw Error(
      ErrorKind::failed,
      fmt::format("what was there before {} is damaged, and stands as '{}'", named(run), run.aside))
      .hint(fmt::format("if you want that back: stop what uses the database, then mv {} {}, and "
                        "what stands beside it (-wal, -shm, -journal) likewise",
                        shell_word(run.aside), shell_word(run.location)));
}

[[noreturn]] void refuse_no_copy(const DestructiveRun& run) {
  throw Error(ErrorKind::failed,
              fmt::format("{} left no copy of what was there before", named(run)))
      .hint("dbkeeper list shows the backups that there are");
}

bool is_export(const std::string& file) {
  return file.ends_with(".json") || file.ends_with(".json.zst");
}

Undone undo_by_import(const DestructiveRun& run, const Options& options, Context& context) {
  if (!options.to.empty())
    throw Error(ErrorKind::usage, "--undo takes the database from --db here, not from --to");
  const RestorePlace place{.name = run.database,
                           .location = run.location,
                           .server = run.server,
                           .exists = true,
                           .sessions = {},
                           .aside = {}};
  ask(options, context, place, [&] { return undo_question(named(run), run.copy, place, false); });
  import_command::Options import;
  import.file = run.copy;
  import.mode = "clean";
  import.confirm = kDeleteAllData;
  import.no_safety_backup = options.no_safety_backup;
  return {.what = named(run), .restore = {}, .import = import_command::run(import, context)};
}

Undone undo_by_restore(const DestructiveRun& run, const Options& options, Context& context) {
  const BackupArchive archive = undamaged_backup(run.copy, context);
  return {.what = named(run),
          .restore = run_restore(archive, wish_of(options, context, run, run.copy), context),
          .import = {}};
}

std::optional<Undone> undo_by_name(const DestructiveRun& run, const Options& options,
                                   Context& context) {
  auto done = run_put_back(run.aside, wish_of(options, context, run, run.aside), context);
  if (!done) return std::nullopt;
  return Undone{.what = named(run), .restore = std::move(done), .import = {}};
}

}  // namespace

Undone undo(const Options& options, Context& context) {
  refuse_another_way(options, context);
  runs_on_database(options, context);  // if there are none, that is told without waiting
  auto lock = lock_for_run(context.address_of(options.to), context);
  const DestructiveRun run = last_run(options, context);
  if (!run.aside.empty())
    if (auto undone = undo_by_name(run, options, context)) return std::move(*undone);
  std::error_code ignored;
  if (!run.copy.empty() && !fs::exists(run.copy, ignored))
    throw Error(ErrorKind::input, fmt::format("the copy of what was there before {} is gone: {}",
                                              named(run), run.copy))
        .hint("dbkeeper list shows the backups that there are");
  if (is_export(run.copy)) {
    lock.reset();  // an import takes its own
    return undo_by_import(run, options, context);
  }
  if (!run.copy.empty()) return undo_by_restore(run, options, context);
  if (run.aside.empty()) refuse_no_copy(run);
  refuse_aside(run);
}

}  // namespace dbkeeper::restore_command
