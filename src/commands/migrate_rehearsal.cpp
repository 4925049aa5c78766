#include "commands/migrate_rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "commands/migrate_words.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/backup_database.h"
#include "dbkeeper/core/sameness.h"
#include "dbkeeper/engines/lock.h"
#include "dbkeeper/engines/scratch.h"

namespace dbkeeper {
namespace {

// So many differences between a backup and what was restored of it are told apart from the
// command's work.
constexpr std::size_t kEnough = 1'000;

class Stage {
 public:
  Stage(const RehearsalCall& call, Context& context, Context& after)
      : call_(call), context_(context), after_(after) {}

  Rehearsal play() {
    set_up();
    const MigrateCall command = redirected();
    {
      // A command that knows the live database by itself finds it locked.
      const auto hold = hold_writers(call_.address, context_.open_options(Access::write));
      out_.child = run_child(command, context_);
    }
    look();
    judge();
    return std::move(out_);
  }

 private:
  void set_up() {
    scratch_ = make_scratch(call_.address, "rehearsal", context_.settings.backup_dir,
                            context_.open_options(Access::write));
    const auto target = context_.open_target(scratch_->address(), call_.backup.description(),
                                             {.jobs = context_.settings.jobs});
    target->check(call_.backup.files());
    restore_backup(call_.backup, *target, context_.settings.jobs, context_.reporter, context_.stop);
    at_first_ = scratch_changes();
    context_.reporter.info(fmt::format("rehearsal on {}, restored from the backup: {}",
                                       scratch_->name(), shown_line(call_.words)));
  }

  MigrateCall redirected() {
    Redirection way =
        redirect(call_.address, scratch_->address(), {context_.program_environment(), call_.words});
    for (const std::string& name : way.doubtful)
      context_.reporter.warn(
          fmt::format("rehearsal: {} names a database like this one on another host, and is left "
                      "as it is",
                      name));
    out_.found = way.found;
    return {.words = std::move(way.words),
            .set = std::move(way.set),
            .unset = std::move(way.unset),
            .address = scratch_->address(),
            .timeout = call_.timeout};
  }

  std::unique_ptr<Database> open_scratch() {
    return after_.open_address(scratch_->address(), Access::read);
  }

  std::vector<std::string> scratch_changes() {
    return changes_since(call_.backup, *open_scratch(),
                         {.enough = kEnough, .jobs = context_.settings.jobs}, after_.reporter,
                         after_.stop);
  }

  void look() {
    EffectOptions options = call_.effect;
    options.enough = kEnough;
    if (out_.child->end.status == 0)
      options.open_copy = [&] {
        return open_backup(call_.backup, after_.open_options(Access::read));
      };
    out_.effect = effect_since(
        call_.before, call_.backup, [&] { return open_scratch(); }, options, after_.reporter,
        after_.stop);
    std::erase_if(out_.effect.changes, [&](const std::string& change) {
      return std::ranges::find(at_first_, change) != at_first_.end();
    });
    options.enough = EffectOptions().enough;
    options.tell_structure = true;
    options.open_copy = {};
    out_.live = effect_since(
        call_.before, call_.backup, [&] { return after_.open_database(Access::read); }, options,
        after_.reporter, after_.stop);
    out_.live_touched = is_touched(*out_.live);
  }

  // Others write rows, and other values into them. That they delete meanwhile, or change the
  // structure, isn't assumed: what looks like a migration's work is taken for it.
  bool is_touched(const Effect& live) const {
    if (!live.findings.empty() || !live.losses.empty() || !live.structure.empty()) return true;
    if (live.checked && !same_versions(call_.before.migrations, live.after.migrations)) return true;
    return !live.changes.empty() && out_.effect.as_it_was();
  }

  // What is known of the live database, in words.
  std::string live_changes() const {
    std::vector<std::string> texts = out_.live->changes;
    const auto add = [&](const std::string& text) {
      if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
    };
    for (const std::string& change : out_.live->structure) add(change);
    for (const Loss& loss : out_.live->losses) add(text_of(loss));
    for (const Finding& finding : out_.live->findings) add(finding.message);
    return join(texts, "; ");
  }

  void judge() {
    if (out_.live_touched) {
      fail(fmt::format("the rehearsal's command worked on the live database, not on its copy: {}",
                       live_changes()),
           where_it_may_be_named());
      return;
    }
    if (!out_.live->changes.empty())
      context_.reporter.warn(fmt::format(
          "others have written to the live database during the rehearsal: {}", live_changes()));
    if (out_.child->end.interrupted != 0)
      out_.problem =
          Error(ErrorKind::interrupted, "interrupted during the rehearsal" + live_in_words());
    else if (!out_.live->unseen.empty())
      fail("the rehearsal has ended");
    else if (!out_.effect.unseen.empty())
      fail("the rehearsal's database could not be looked at: " + join(out_.effect.unseen, "; "));
    else
      judge_effect();
  }

  void judge_effect() {
    const MigrateChild& child = *out_.child;
    const int status = child.end.timed_out ? std::max(child.end.status, 1) : child.end.status;
    switch (verdict_on({.status = status, .strict = call_.strict}, out_.effect)) {
      case MigrateVerdict::good:
        return;
      case MigrateVerdict::nothing:
        return fail("the command did nothing to the rehearsal's database",
                    where_it_may_be_named() +
                        "; if it had nothing to do, --unless 'COMMAND' is the way to say so");
      case MigrateVerdict::broken:
        return fail(fmt::format(
            "the rehearsal left its database with {}: {}",
            plural(static_cast<std::int64_t>(out_.effect.findings.size()), "new problem"),
            out_.effect.findings.front().message));
      case MigrateVerdict::lossy:
        return fail("the rehearsal lost or changed data that --expect-loss doesn't name: " +
                    losses());
      case MigrateVerdict::failed:
      case MigrateVerdict::altered:
        return fail("the rehearsal's command " + end_in_words(child), files_in_words());
    }
  }

  void fail(const std::string& what, std::string hint = {}) {
    out_.problem = Error(ErrorKind::failed, what + live_in_words()).hint(std::move(hint));
  }

  // Of one that wasn't touched; others may have written to it.
  std::string live_in_words() const {
    if (out_.live_touched) return {};
    if (!out_.live->unseen.empty())
      return "; the live database could not be looked at: " + join(out_.live->unseen, "; ");
    return out_.live->changes.empty() ? "; the live database is as it was"
                                      : "; the live database is as others have left it";
  }

  std::string losses() const {
    std::vector<std::string> texts;
    for (const Loss& loss : out_.effect.losses)
      if (fails(loss, call_.strict)) texts.push_back(text_of(loss));
    return join(texts, "; ");
  }

  std::string files_in_words() const {
    const auto files = files_that_name(call_.address, std::filesystem::current_path());
    if (files.empty()) return {};
    return fmt::format("{} seem{} to name the database itself: let that come from DATABASE_URL",
                       join(files, ", "), files.size() == 1 ? "s" : "");
  }

  std::string where_it_may_be_named() const {
    if (std::string files = files_in_words(); !files.empty()) return files;
    if (out_.found.empty())
      return "no variable names the database: let the command take it from DATABASE_URL";
    return fmt::format("{} led to the copy; the command may know the database from elsewhere",
                       join(out_.found, ", "));
  }

  const RehearsalCall& call_;
  Context& context_;
  Context& after_;
  std::unique_ptr<ScratchDatabase> scratch_;
  std::vector<std::string> at_first_;  // what a restore alone made different
  Rehearsal out_;
};

// Sources that read DATABASE_URL lead to the copy as well, unless others name the database.
void refuse_unled(const Redirection& way, const std::string& address) {
  const auto folder = std::filesystem::current_path();
  const auto naming = files_that_name(address, folder);
  if (naming.empty() && !files_that_read_the_url(folder).empty()) return;
  std::string why = "neither a variable nor a word of the command names it";
  if (!naming.empty())
    why += fmt::format(", and {} seem{} to", join(naming, ", "), naming.size() == 1 ? "s" : "");
  if (!way.doubtful.empty())
    why += fmt::format("; {} {} a database like it on another host", join(way.doubtful, ", "),
                       way.doubtful.size() == 1 ? "names" : "name");
  throw Error(ErrorKind::usage,
              "nothing leads the command to a copy of the database instead of the live one, so it "
              "isn't rehearsed: " +
                  why)
      .hint(
          "let the command take its database from DATABASE_URL, and set that, or write {url} "
          "where the command has the address");
}

}  // namespace

void require_way_to_copy(const std::vector<std::string>& words, const std::string& address,
                         Context& context) {
  const Redirection way = redirect(address, address, {context.program_environment(), words});
  if (!way.leads) refuse_unled(way, address);
}

Rehearsal rehearse(const RehearsalCall& call, Context& context, Context& after) {
  return Stage(call, context, after).play();
}

}  // namespace dbkeeper
