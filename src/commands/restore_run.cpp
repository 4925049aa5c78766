#include "commands/restore_run.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "commands/proven_backup.h"
#include "commands/undo_command.h"
#include "dbkeeper/base/file_use.h"
#include "dbkeeper/base/thrown.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/run_record.h"
#include "dbkeeper/engines/put_back.h"
#include "dbkeeper/engines/target.h"

namespace dbkeeper {
namespace {

constexpr int kMostSafetyBackups = 5;

using Clock = std::chrono::steady_clock;

OpenOptions options_of(Context& context, Access access) {
  OpenOptions options = context.open_options(access);
  options.reporter = &context.reporter;
  options.stop = &context.stop;
  return options;
}

std::unique_ptr<Database> open_old(const RestoreWish& wish, Context& context) {
  return open_database(context.address_of(wish.to), options_of(context, Access::read));
}

// Whether the engine itself finds the old database broken.
bool is_damaged(const RestoreWish& wish, Context& context) {
  try {
    const auto database = open_old(wish, context);
    const auto snapshot = database->snapshot();
    return !snapshot->integrity(snapshot->schema(), Depth::full).empty();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::refused) throw;
    return true;
  }
}

// A backup that has all that the old database has when it is written over.
NewBackup back_up_old(const RestoreWish& wish, RestoreTarget& target, Context& context) {
  NewBackupOptions what{.folder = context.settings.backup_dir};
  what.label = kPreRestore;
  what.what.allow_empty = true;
  for (int attempt = 0; attempt < kMostSafetyBackups; ++attempt) {
    target.hold_old();
    NewBackup backup = make_backup(*open_old(wish, context), what, context.settings.jobs,
                                   context.reporter, context.stop);
    context.reporter.info(fmt::format("safety backup, read back: {}", backup.file.string()));
    if (target.copy_has_all()) return backup;
    context.reporter.info("the old database was written to meanwhile");
  }
  throw Error(ErrorKind::refused,
              fmt::format("'{}' is written to all the time, so that no safety backup has all of it",
                          target.place().name))
      .hint("stop the programs that write to it");
}

// None where the old database is so damaged that it can't be backed up: it stays as it is then,
// under another name.
std::optional<NewBackup> make_safety_backup(const RestoreWish& wish, RestoreTarget& target,
                                            Context& context) {
  try {
    return back_up_old(wish, target, context);
  } catch (Error& error) {
    error.during("making a safety backup; nothing was changed");
    if (error.hint().empty()) error.hint("--no-safety-backup gives up what is there now");
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::refused ||
        !is_damaged(wish, context))
      throw;
    context.reporter.warn(
        fmt::format("the old database can't be backed up, since it is damaged, and is put aside as "
                    "it stands: {}",
                    error.message()));
    target.put_old_aside();
    return std::nullopt;
  }
}

std::string full_path(const std::filesystem::path& file) {
  return std::filesystem::absolute(file).lexically_normal().string();
}

// That there is no record doesn't hinder a restore: it may be all that is left to do on this
// machine.
std::optional<RunRecord> begin_record(const RestoreDone& done, const RestoreWish& wish,
                                      RestoreTarget& target, Context& context) {
  try {
    return RunRecord(context.settings.backup_dir,
                     {.command = wish.command,
                      .engine = done.description.engine,
                      .database = done.place.name,
                      .location = done.place.location,
                      .server = done.place.server,
                      .begun = {},
                      .copy = done.safety ? full_path(done.safety->file) : "",
                      .aside = done.place.aside,
                      .file = {},
                      .way = way_of(context.address_of(wish.to)),
                      .source = done.put_back ? done.file : full_path(done.file),
                      .mark = target.mark()});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    context.reporter.warn(fmt::format("'dbkeeper restore --undo' will not know of this restore: {}",
                                      error.message()));
    return std::nullopt;
  }
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The record of a replacement, from just before it until what came of it is known.
class Recorded {
 public:
  Recorded(const RestoreDone& done, const RestoreWish& wish, RestoreTarget& target,
           Context& context)
      : done_(done), wish_(wish), target_(target), context_(context) {}

  void begin() { record_ = begin_record(done_, wish_, target_, context_); }

  // What takes it back, once it is done: nothing where there was nothing, or nothing is left of it.
  std::string undo(const RestoreReport& report) const {
    const bool kept = done_.safety || !report.put_aside.empty();
    return record_ && kept ? undo_command(context_, wish_.to) : std::string();
  }

  RestoreReport run(const std::function<RestoreReport()>& replace) {
    try {
      RestoreReport report = replace();
      context_.now(Standing::done);
      if (record_) record_->done(report.put_aside);
      return report;
    } catch (const Error& error) {
      if (record_ && !leaves_outcome_open(error)) record_->forget();
      throw;
    } catch (...) {
      const Error error = as_error(std::current_exception());
      // The record was begun just before the last step.
      if (!record_) throw Error(error);
      throw Error(
          ErrorKind::altered,
          fmt::format("{}; whether the database was replaced is not known", error.message()))
          .hint(undo_command(context_, wish_.to) + " takes it back, if it was");
    }
  }

 private:
  const RestoreDone& done_;
  const RestoreWish& wish_;
  RestoreTarget& target_;
  Context& context_;
  std::optional<RunRecord> record_;
};

}  // namespace

RestoreDone run_restore(const BackupArchive& archive, const RestoreWish& wish, Context& context) {
  const auto begin = Clock::now();
  const FileUse use(archive.path());  // no cleanup removes it meanwhile
  RestoreDone done;
  done.file = archive.path().string();
  done.description = archive.description();
  const auto target = begin_restore(context.address_of(wish.to), archive.description(), wish.how,
                                    options_of(context, Access::write));
  done.place = target->place();
  target->check(archive.files());
  if (wish.agree) wish.agree(*target);
  const bool copy = done.place.exists && !target->keeps_old() && wish.safety_backup;
  const bool late = target->leaves_old_in_use();
  if (copy && !late) done.safety = make_safety_backup(wish, *target, context);
  Recorded record(done, wish, *target, context);
  try {
    done.report = record.run([&] {
      return restore_backup(archive, *target, context.settings.jobs, context.reporter, context.stop,
                            [&] {
                              if (copy && late)
                                done.safety = make_safety_backup(wish, *target, context);
                              record.begin();
                            });
    });
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::input) forget_proof(archive.path());
    throw;
  }
  done.undo = record.undo(done.report);
  done.seconds = seconds_since(begin);
  remember_verified(archive.path(), context.reporter);  // all that it holds was compared
  for (const std::string& what : done.report.left_out) context.reporter.warn("left out: " + what);
  return done;
}

std::optional<RestoreDone> run_put_back(const std::string& aside, const RestoreWish& wish,
                                        Context& context) {
  const auto begin = Clock::now();
  const std::string address = context.address_of(wish.to);
  const auto target = begin_put_back(address, aside, wish.how, options_of(context, Access::write));
  if (!target) return std::nullopt;
  RestoreDone done;
  done.file = aside;
  done.put_back = true;
  done.description.engine = named_database(address).engine;
  done.place = target->place();
  target->check({});
  if (wish.agree) wish.agree(*target);
  Recorded record(done, wish, *target, context);
  record.begin();
  done.report = record.run([&] { return target->commit(); });
  done.undo = record.undo(done.report);
  done.seconds = seconds_since(begin);
  return done;
}

}  // namespace dbkeeper
