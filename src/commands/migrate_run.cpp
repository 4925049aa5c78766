#include "commands/migrate_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/interruption.h"
#include "commands/migrate_words.h"
#include "commands/run_lock.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/thrown.h"
#include "dbkeeper/core/backup_database.h"
#include "dbkeeper/engines/target.h"

namespace dbkeeper {
namespace {

constexpr int kCannotRun = 126;  // what a shell says of a command that it can't run, …
constexpr int kNotFound = 127;   // … or find

// The same context with another stop.
Context with_stop(const Context& context, const Stop& stop) {
  const auto options = [&context, &stop](Access access) {
    OpenOptions out = context.open_options(access);
    out.stop = &stop;
    return out;
  };
  const auto open = [&context, options](const std::string& address, Access access) {
    return dbkeeper::open_database(context.address_of(address), options(access));
  };
  return {.settings = context.settings,
          .reporter = context.reporter,
          .stop = stop,
          .open_database = [open](Access access) { return open("", access); },
          .passed_words = context.passed_words,
          .explain_settings = context.explain_settings,
          .open_address = open,
          .named_database = context.named_database,
          .address_of = context.address_of,
          .open_options = options,
          .program_environment = context.program_environment,
          .open_target =
              [&context, options](const std::string& address, const BackupDescription& description,
                                  const RestoreOptions& restore) {
                return begin_restore(context.address_of(address), description, restore,
                                     options(Access::write));
              }};
}

}  // namespace

MigrateRun::MigrateRun(const migrate_command::Options& options,
                       std::optional<std::chrono::milliseconds> timeout, Context& context,
                       MigrateReport& report)
    : options_(options),
      timeout_(timeout),
      context_(context),
      after_(with_stop(context, never_)),
      report_(report),
      address_(context.address_of("")) {
  report_.words = shown_words(context.passed_words);
}

std::optional<Error> MigrateRun::carry_out() {
  find_program(context_.passed_words.front());
  all_or_nothing([&] { lock_ = lock_for_run(address_, context_); }, kCommandNotRun);
  if (!is_needed()) return std::nullopt;
  if (!prepared()) return conclude_rehearsal();
  try {
    run_command();
    look_after();
  } catch (...) {
    if (!started_) throw;
    return fall_short(as_error(std::current_exception()));
  }
  return conclude();
}

// Whether the live database may be migrated now.
bool MigrateRun::prepared() {
  if (options_.rehearse) require_way_to_copy(context_.passed_words, address_, context_);
  all_or_nothing(
      [&] {
        look_before();
        make_copy();
      },
      kCommandNotRun);
  if (options_.rehearse) return rehearsed();
  warn_of_another_database();
  return true;
}

bool MigrateRun::is_needed() {
  if (options_.unless.empty()) return true;
  const int status = run_shell(options_.unless, context_.stop);
  if (status == kCannotRun || status == kNotFound)
    throw Error(ErrorKind::usage,
                fmt::format("the command of --unless can't be run (status {}): {}", status,
                            shown_line({options_.unless})));
  report_.needed = status != 0;
  return report_.needed;
}

void MigrateRun::look_before() {
  const auto database = context_.open_database(Access::read);
  report_.before = look_at(*database, context_.reporter, context_.stop);
  for (const Finding& finding : report_.before->findings)
    context_.reporter.warn(fmt::format("before the migration: {}", finding.message));
  effect_options_.expected = ExpectedLosses(options_.expect_loss, report_.before->schema);
  for (const std::string& complaint : effect_options_.expected.unmatched())
    context_.reporter.warn(complaint);
  effect_options_.jobs = context_.settings.jobs;
  effect_options_.patience = context_.settings.lock_timeout;
}

void MigrateRun::make_copy() {
  {
    const auto database = context_.open_database(Access::read);
    copy_.emplace(*database, context_);
  }
  const DatabaseInfo& info = report_.before->info;
  context_.stop.check();
  record_.emplace(context_.settings.backup_dir,
                  DestructiveRun{.command = std::string(kMigrateCommand),
                                 .engine = info.engine,
                                 .database = info.name,
                                 .location = info.location,
                                 .server = info.server,
                                 .begun = {},
                                 .copy = copy_->file(),
                                 .aside = {},
                                 .file = {},
                                 .way = way_of(address_)});
  copy_->keep();
}

bool MigrateRun::rehearsed() {
  try {
    report_.rehearsal = rehearse({.words = context_.passed_words,
                                  .address = address_,
                                  .backup = copy_->archive(),
                                  .before = *report_.before,
                                  .effect = effect_options_,
                                  .timeout = timeout_,
                                  .strict = strictness()},
                                 context_, after_);
  } catch (Error& error) {
    forget_copy();
    if (error.kind() == ErrorKind::interrupted)
      throw Error(ErrorKind::interrupted,
                  "interrupted during the rehearsal; the live database is as it was");
    error.during("rehearsing; the live database is as it was");
    throw;
  }
  secure_copy();
  if (copy_->is_lost() && !report_.rehearsal->problem)
    report_.rehearsal->problem =
        Error(ErrorKind::failed,
              "the rehearsal's command destroyed the copy of the live database, "
              "which is as it was")
            .hint("keep --dir out of what the command removes");
  return !report_.rehearsal->problem;
}

Strictness MigrateRun::strictness() const {
  if (options_.strict.empty()) return Strictness::none;
  return options_.strict == "values" ? Strictness::values : Strictness::losses;
}

Variables MigrateRun::variables() const {
  const Variables environment = context_.program_environment();
  Variables out = lock_timeout_variables(address_, context_.settings.lock_timeout, environment,
                                         context_.open_options(Access::read));
  out.push_back(lock_variable(*lock_));
  if (options_.rehearse)
    for (auto& variable : absent_variables(address_, environment))
      out.push_back(std::move(variable));
  return out;
}

void MigrateRun::warn_of_another_database() const {
  for (const auto& [name, value] : context_.program_environment()) {
    if (name != "DATABASE_URL") continue;
    if (const std::string other = other_database(value, address_); !other.empty())
      context_.reporter.warn(fmt::format(
          "DATABASE_URL names another database, '{}': the command may work with that one", other));
  }
}

void MigrateRun::run_command() {
  started_ = true;
  context_.now(Standing::altered);
  try {
    report_.child = run_child(
        {.words = with_url(context_.passed_words, address_, context_.program_environment()),
         .set = variables(),
         .unset = {},
         .address = address_,
         .timeout = timeout_},
        context_);
  } catch (const Error&) {  // it was never started
    started_ = false;
    context_.now(Standing::untouched);
    forget_copy();
    throw;
  }
  secure_copy();
}

// `git clean -fdx` takes the backup folder with it. At once, since nothing else may come to hold
// what the copy holds: not after the looks, which take their time.
void MigrateRun::secure_copy() {
  copy_->secure(after_);
  recorded_ = record_->renew(copy_->file());
}

void MigrateRun::look_after() {
  const bool failed = report_.child->end.status != 0;
  effect_options_.enough = failed ? EffectOptions().enough : 1;
  if (!failed)
    effect_options_.open_copy = [&] {
      return open_backup(copy_->archive(), after_.open_options(Access::read));
    };
  report_.effect = effect_since(
      *report_.before, copy_->archive(), [&] { return after_.open_database(Access::read); },
      effect_options_, after_.reporter, after_.stop);
  if (!report_.effect->unseen.empty())
    context_.reporter.warn(fmt::format("the database could not be looked at afterwards: {}",
                                       join(report_.effect->unseen, "; ")));
  for (const NotCompared& column : report_.effect->not_compared)
    context_.reporter.warn(fmt::format("values of {}.{} are not compared with those before: {}",
                                       column.table, column.column, column.why));
  for (const BlockedBy& blocker : report_.child->sessions.waits)
    context_.reporter.warn(fmt::format("it waited {:.1f} s{} for {}", blocker.seconds,
                                       blocker.waited.empty() ? "" : " on " + blocker.waited,
                                       blocker.who));
}

}  // namespace dbkeeper
