#include "commands/restore.h"

#include <fmt/format.h>

#include "commands/interruption.h"
#include "commands/list.h"
#include "commands/restore_choice.h"
#include "commands/restore_question.h"
#include "commands/restore_run.h"
#include "commands/restore_undo.h"
#include "commands/run_lock.h"
#include "commands/text_line.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::restore_command {
namespace {

void check_words(const Options& options) {
  if (options.latest && !options.file.empty())
    throw Error(ErrorKind::usage, "both a FILE and --latest are given: which backup is meant?")
        .hint("leave one of them out");
  if (!options.label.empty() && !options.latest)
    throw Error(ErrorKind::usage, "--label chooses among backups, which takes --latest");
  if (options.undo && (options.latest || !options.file.empty() || !options.label.empty()))
    throw Error(ErrorKind::usage, "--undo finds by itself what it takes back")
        .hint("leave FILE, --latest and --label out");
  if (options.keep_old.value_or(0) < 0)
    throw Error(ErrorKind::usage, "--keep-old takes a number from 0 on");
}

RestoreDone carry_out(const Options& options, Context& context) {
  const BackupArchive archive = chosen_archive(options, context);
  const auto lock = lock_for_run(context.address_of(options.to), context);
  return run_restore(
      archive,
      {.to = options.to,
       .how = way_of(options, context),
       .safety_backup = !options.no_safety_backup,
       .agree =
           [&](const RestoreTarget& target) { ask_to_restore(archive, options, context, target); }},
      context);
}

Value value_of(const RestoreDone& done) {
  return Value()
      .set("file", done.file)
      .set("database", done.place.name)
      .set("location", done.place.location)
      .set("engine", done.description.engine)
      .set("backup_time", done.put_back ? Value() : Value(done.description.time))
      .set("label", done.put_back ? Value() : Value(done.description.label))
      .set("rows", done.put_back ? Value() : Value(done.description.rows()))
      .set("tables", done.put_back ? Value() : Value(done.description.tables.size()))
      .set("in_place", done.report.in_place)
      .set("put_aside", done.report.put_aside.empty() ? Value() : Value(done.report.put_aside))
      .set("safety_backup", done.safety ? Value(done.safety->file.string()) : Value())
      .set("undo", done.undo.empty() ? Value() : Value(done.undo))
      .set("left_out", Value::list(done.report.left_out))
      .set("dropped", Value::list(done.report.dropped))
      .set("seconds", done.seconds);
}

std::string first_line(const RestoreDone& done) {
  if (done.put_back)
    return text_line("{} is again what {} was, in {:.1f} s", done.place.name, done.file,
                     done.seconds);
  return text_line("{} restored from {}: {}, {} in {:.1f} s", done.place.name, done.file,
                   plural(static_cast<std::int64_t>(done.description.tables.size()), "table"),
                   plural(static_cast<std::int64_t>(done.description.rows()), "row"), done.seconds);
}

std::string text_of(const RestoreDone& done) {
  std::string text = first_line(done);
  if (!done.report.put_aside.empty())
    text += text_line("  what was there before is {}", done.report.put_aside);
  if (done.safety)
    text += text_line("  what was there before is in {}", done.safety->file.string());
  for (const std::string& name : done.report.dropped)
    text += text_line("  the earlier {} is gone", name);
  if (!done.undo.empty())
    text += text_line("  undo: {}", done.undo);
  else if (done.place.exists && !done.safety && done.report.put_aside.empty())
    text += "  nothing of what was there before is left: this can't be taken back\n";
  return text;
}

Outcome run_undo(const Options& options, Context& context) {
  Undone undone = undo(options, context);
  Outcome outcome;
  if (undone.import) {
    outcome = std::move(*undone.import);
  } else {
    outcome.result = value_of(*undone.restore);
    outcome.text = text_of(*undone.restore);
  }
  outcome.result.set("undone", undone.what);
  outcome.text = fmt::format("taken back: {}\n{}", undone.what, outcome.text);
  return outcome;
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  if (options.list) return list_command::run({}, context);
  check_words(options);
  all_or_nothing([&] { context.address_of(options.to); });  // settled before anything takes long
  if (options.undo) return all_or_nothing([&] { return run_undo(options, context); });
  const RestoreDone done = all_or_nothing([&] { return carry_out(options, context); });
  Outcome outcome;
  outcome.result = value_of(done);
  outcome.text = text_of(done);
  return outcome;
}

}  // namespace dbkeeper::restore_command
