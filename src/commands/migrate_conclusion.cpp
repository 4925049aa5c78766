// What a run has come to: kept, refused, put back, and in which words.
#include <fmt/format.h>

#include "commands/migrate_run.h"
#include "commands/migrate_words.h"
#include "commands/restore_run.h"
#include "commands/undo_command.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/thrown.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kNoCopy =
    "its copy is lost, and nothing takes it back; dbkeeper list shows the backups that there are";

std::int64_t number(std::size_t size) { return static_cast<std::int64_t>(size); }

std::string list_of(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(finding.message);
  return join(texts, "; ");
}

}  // namespace

std::optional<Error> MigrateRun::conclude_rehearsal() {
  const Rehearsal& rehearsal = *report_.rehearsal;
  report_.effect = rehearsal.live;
  if (rehearsal.live_touched) return refuse(MigrateVerdict::altered);
  if (rehearsal.live->unseen.empty()) {
    forget_copy();
    return rehearsal.problem;
  }
  keep_copy();  // nothing is known against it, and nothing for it
  Error problem = *rehearsal.problem;
  return std::move(problem.hint(report_.undo.empty() ? std::string(kNoCopy)
                                                     : "undo it, if need be: " + report_.undo));
}

std::optional<Error> MigrateRun::conclude() {
  const ForegroundEnd& end = report_.child->end;
  const int status = end.timed_out ? std::max(end.status, 1) : end.status;
  const MigrateVerdict verdict =
      verdict_on({.status = status, .strict = strictness()}, *report_.effect);
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
  const std::string first = first_copy();
  if (report_.child->end.left_running)
    keep_in_case();
  else
    forget_copy();
  if (report_.child->end.interrupted != 0)
    return Error(ErrorKind::interrupted, "interrupted; the database is as it was").hint(first);
  if (verdict == MigrateVerdict::failed)
    return Error(ErrorKind::failed, what_happened(verdict) + "; the database is as it was")
        .hint(first);
  if (!report_.rehearsal) return std::nullopt;
  return Error(ErrorKind::failed,
               fmt::format("{}: in the rehearsal it changed its database, and the live one it "
                           "didn't: it may work with another database",
                           name()))
      .hint("let the command take its database from DATABASE_URL");
}

std::optional<Error> MigrateRun::accept() {
  context_.now(Standing::done);
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
  const std::string first = first_copy();
  if (verdict == MigrateVerdict::broken) warn_of_losses();
  const bool by_itself = verdict == MigrateVerdict::broken || verdict == MigrateVerdict::lossy;
  std::string what = what_happened(verdict);
  // What could only not be looked at isn't known to be wrong.
  if (options_.auto_restore && report_.effect->is_known_to_differ() && !copy_->is_lost()) {
    try {
      put_back();
    } catch (...) {
      const std::string why = as_error(std::current_exception()).message();
      if (report_.restored)
        context_.reporter.warn(why);
      else
        what += "; and putting it back failed: " + why;
    }
  }
  const int signal = report_.child ? report_.child->end.interrupted : 0;
  if (!report_.restored)
    return Error(by_itself ? ErrorKind::check : ErrorKind::altered, std::move(what))
        .hint((report_.undo.empty() ? std::string(kNoCopy) : "undo it: " + report_.undo) +
              (first.empty() ? "" : "; " + first));
  what += "; it was put back as it was before, from " + copy_->file() + where_replaced_is();
  const ErrorKind kind = signal != 0 ? ErrorKind::interrupted
                         : by_itself ? ErrorKind::check
                                     : ErrorKind::failed;
  return Error(kind, std::move(what)).hint(first);
}

// Something went wrong on the way to what has to be told once the command has run.
Error MigrateRun::fall_short(const Error& error) {
  record_->failed();
  if (report_.undo.empty() && !report_.restored) keep_copy();
  return Error(ErrorKind::altered,
               fmt::format("{}: {}, and what it has done could not be found out: {}", name(),
                           report_.child ? end_in_words(*report_.child) : "its end is unknown",
                           error.message()))
      .hint(report_.undo.empty() ? std::string(kNoCopy) : "undo it, if need be: " + report_.undo);
}

std::string MigrateRun::where_replaced_is() const {
  if (report_.newer.empty()) return {};
  std::int64_t more = 0;
  if (report_.effect->counted)
    for (const Gain& gain : gains(report_.before->ledger, report_.effect->after.ledger))
      more += gain.after - gain.before;
  if (more == 0) return "; what that replaced is in " + report_.newer;
  return fmt::format("; {} that {} not in the copy {} in {}, with all that it replaced",
                     plural(more, "row"), more == 1 ? "was" : "were", more == 1 ? "is" : "are",
                     report_.newer);
}

// While migrations fail one after the other, the copy of the last one is of what the first has
// left.
std::string MigrateRun::first_copy() const {
  const std::string file = copy_from_before_first_failure(*copy_, report_.before->info, context_);
  if (file.empty()) return {};
  return fmt::format("the copy from before the first failure is {}: {}", file,
                     restore_command_of(file, context_));
}

void MigrateRun::forget_copy() {
  record_->forget();
  copy_->give_up();
}

void MigrateRun::keep_copy() {
  if (copy_->is_lost()) return;
  report_.backup = copy_->file();
  report_.undo = recorded_ ? undo_command(context_) : restore_command_of(copy_->file(), context_);
  clean_up_copies(*copy_, after_);
}

// The record stays as begun: something is under way.
void MigrateRun::keep_in_case() {
  keep_copy();
  context_.reporter.warn(fmt::format(
      "something that the command started is still running, and may change the "
      "database yet{}",
      report_.backup.empty() ? "" : ": the backup from before stays, " + report_.backup));
}

void MigrateRun::put_back() {
  context_.reporter.info(fmt::format("putting the database back from {}", copy_->file()));
  Context context = after_;
  context.now = [this](Standing standing) {
    if (standing != Standing::done) return;
    report_.restored = true;
    context_.now(Standing::untouched);
  };
  const RestoreDone done =
      run_restore(copy_->archive(), {.how = {.jobs = context_.settings.jobs}}, context);
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
      context_.reporter.warn((loss.kind == LossKind::values_changed ? "changed: " : "lost: ") +
                             text_of(loss));
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
    if (fails(loss, strictness())) lost.push_back(text_of(loss));
  switch (verdict) {
    case MigrateVerdict::broken:
      return fmt::format("{}, but left the database with {}: {}", run,
                         plural(number(effect.findings.size()), "new problem"),
                         list_of(effect.findings));
    case MigrateVerdict::lossy:
      return fmt::format("{}, but lost or changed what --expect-loss doesn't name: {}", run,
                         join(lost, "; "));
    case MigrateVerdict::altered:
      return fmt::format("{}, and the database {}", run, what_is_different());
    default:
      return run;
  }
}

// "is not as it was: orders is gone; 1 new problem: …"
std::string MigrateRun::what_is_different() const {
  const Effect& effect = *report_.effect;
  const std::string unseen = "could not be looked at: " + join(effect.unseen, "; ");
  if (!effect.is_known_to_differ()) return unseen;
  std::vector<std::string> texts = effect.changes;
  if (!effect.findings.empty())
    texts.push_back(fmt::format("{}: {}", plural(number(effect.findings.size()), "new problem"),
                                list_of(effect.findings)));
  return "is not as it was: " + join(texts, "; ") +
         (effect.unseen.empty() ? "" : "; all of it " + unseen);
}

std::string MigrateRun::name() const { return shown_line(context_.passed_words); }

}  // namespace dbkeeper
