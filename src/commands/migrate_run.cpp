#include "commands/migrate_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/migrate_words.h"
#include "commands/restore_run.h"
#include "commands/undo_command.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"

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

std::int64_t number(std::size_t size) { return static_cast<std::int64_t>(size); }

std::string list_of(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(finding.message);
  return join(texts, "; ");
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
  lock_ = lock_database(address_, context_.open_options(Access::write));
  if (!is_needed()) return std::nullopt;
  look_before();
  make_copy();
  if (options_.rehearse && !rehearsed()) return conclude();
  run_command();
  look_after();
  return conclude();
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
  effect_options_.jobs = context_.settings.jobs;
}

void MigrateRun::make_copy() {
  {
    const auto database = context_.open_database(Access::read);
    copy_.emplace(*database, context_);
  }
  archive_.emplace(copy_->file());
  const DatabaseInfo& info = report_.before->info;
  context_.stop.check();
  record_.emplace(context_.settings.backup_dir,
                  DestructiveRun{.command = std::string(kMigrateCommand),
                                 .engine = info.engine,
                                 .database = info.name,
                                 .location = info.location,
                                 .begun = {},
                                 .copy = copy_->file(),
                                 .aside = {},
                                 .file = {}});
  copy_->keep();
}

// Whether the live database may be migrated now.
bool MigrateRun::rehearsed() {
  try {
    report_.rehearsal = rehearse({.words = context_.passed_words,
                                  .address = address_,
                                  .backup = *archive_,
                                  .before = *report_.before,
                                  .effect = effect_options_,
                                  .timeout = timeout_,
                                  .strict = options_.strict},
                                 context_, after_);
  } catch (Error& error) {
    error.during("rehearsing; the live database is as it was");
    forget_copy();
    throw;
  }
  return !report_.rehearsal->problem;
}

void MigrateRun::run_command() {
  try {
    report_.child =
        run_child({.words = context_.passed_words,
                   .set = lock_timeout_variables(address_, context_.settings.lock_timeout,
                                                 context_.program_environment(),
                                                 context_.open_options(Access::read)),
                   .unset = {},
                   .address = address_,
                   .timeout = timeout_},
                  context_);
  } catch (...) {  // it was never started
    forget_copy();
    throw;
  }
}

void MigrateRun::look_after() {
  const bool failed = report_.child->end.status != 0;
  effect_options_.enough = failed ? EffectOptions().enough : 1;
  report_.effect = effect_since(
      *report_.before, *archive_, [&] { return after_.open_database(Access::read); },
      effect_options_, after_.reporter, after_.stop);
  for (const BlockedBy& blocker : report_.child->sessions.waits)
    context_.reporter.warn(fmt::format("it waited {:.1f} s{} for {}", blocker.seconds,
                                       blocker.waited.empty() ? "" : " on " + blocker.waited,
                                       blocker.who));
}

std::optional<Error> MigrateRun::conclude() {
  if (!report_.child) {
    const Rehearsal& rehearsal = *report_.rehearsal;
    if (!rehearsal.live_touched) {
      forget_copy();
      return rehearsal.problem;
    }
    return refuse(MigrateVerdict::altered);
  }
  const ForegroundEnd& end = report_.child->end;
  const int status = end.timed_out ? std::max(end.status, 1) : end.status;
  const MigrateVerdict verdict =
      verdict_on({.status = status, .strict = options_.strict}, *report_.effect);
  switch (verdict) {
    case MigrateVerdict::nothing:
    case MigrateVerdict::failed:
      return leave_as_it_was(verdict);
    case MigrateVerdict::good:
      return accept();
    default:
      return refuse(verdict);
  }
}

std::optional<Error> MigrateRun::leave_as_it_was(MigrateVerdict verdict) {
  forget_copy();
  if (report_.child->end.interrupted != 0)
    return Error(ErrorKind::interrupted, "interrupted; the database is as it was");
  if (verdict == MigrateVerdict::nothing) return std::nullopt;
  return Error(ErrorKind::failed, what_happened(verdict) + "; the database is as it was");
}

std::optional<Error> MigrateRun::accept() {
  record_->done();
  keep_copy();
  warn_of_losses();
  if (report_.child->end.interrupted == 0) return std::nullopt;
  return Error(ErrorKind::interrupted,
               "interrupted when the command had succeeded: the database is migrated")
      .hint(report_.undo);
}

std::optional<Error> MigrateRun::refuse(MigrateVerdict verdict) {
  record_->failed();
  keep_copy();
  if (verdict == MigrateVerdict::broken) warn_of_losses();
  const bool by_itself = verdict == MigrateVerdict::broken || verdict == MigrateVerdict::lossy;
  std::string what = what_happened(verdict);
  if (options_.auto_restore) {
    try {
      put_back();
    } catch (const Error& error) {
      what += fmt::format("; and putting it back failed: {}", error.message());
    }
  }
  const int signal = report_.child ? report_.child->end.interrupted : 0;
  if (!report_.restored)
    return Error(by_itself ? ErrorKind::check : ErrorKind::altered, std::move(what))
        .hint("undo it: " + report_.undo);
  what += "; it was put back as it was before, from " + copy_->file();
  std::int64_t more = 0;
  if (report_.effect)
    for (const Gain& gain : gains(report_.before->ledger, report_.effect->after.ledger))
      more += gain.after - gain.before;
  if (more > 0)
    what += fmt::format("; {} that {} not in the copy {} in {}", plural(more, "row"),
                        more == 1 ? "was" : "were", more == 1 ? "is" : "are", report_.newer);
  const ErrorKind kind = signal != 0 ? ErrorKind::interrupted
                         : by_itself ? ErrorKind::check
                                     : ErrorKind::failed;
  return Error(kind, std::move(what));
}

void MigrateRun::forget_copy() {
  record_->forget();
  copy_->give_up();
}

void MigrateRun::keep_copy() {
  report_.backup = copy_->file();
  report_.undo = undo_command(context_);
  clean_up_copies(*copy_, after_);
}

void MigrateRun::put_back() {
  context_.reporter.info(fmt::format("putting the database back from {}", copy_->file()));
  const RestoreDone done =
      run_restore(*archive_, {.how = {.jobs = context_.settings.jobs}}, after_);
  report_.restored = true;
  report_.newer = done.safety                     ? done.safety->file.string()
                  : done.report.put_aside.empty() ? std::string()
                                                  : done.report.put_aside;
  report_.undo.clear();
}

void MigrateRun::warn_of_losses() {
  for (const Loss& loss : report_.effect->losses)
    if (loss.expected)
      context_.reporter.info("as expected: " + text_of(loss));
    else
      context_.reporter.warn("lost: " + text_of(loss));
}

// "alembic upgrade head: ended with status 1, and the database is not as it was: …"
std::string MigrateRun::what_happened(MigrateVerdict verdict) const {
  if (!report_.child) {
    const Error& problem = *report_.rehearsal->problem;
    return fmt::format("{}; {}", problem.message(), problem.hint());
  }
  const std::string run = fmt::format("{}: {}", name(), end_in_words(*report_.child));
  const Effect& effect = *report_.effect;
  std::vector<std::string> lost;
  for (const Loss& loss : effect.losses)
    if (!loss.expected) lost.push_back(text_of(loss));
  switch (verdict) {
    case MigrateVerdict::broken:
      return fmt::format("{}, but left the database with {}: {}", run,
                         plural(number(effect.findings.size()), "new problem"),
                         list_of(effect.findings));
    case MigrateVerdict::lossy:
      return fmt::format("{}, but lost what --expect-loss doesn't name: {}", run, join(lost, "; "));
    case MigrateVerdict::altered:
      return fmt::format("{}, and the database is not as it was: {}", run,
                         join(effect.changes, "; "));
    default:
      return run;
  }
}

std::string MigrateRun::name() const { return shown_line(context_.passed_words); }

}  // namespace dbkeeper
