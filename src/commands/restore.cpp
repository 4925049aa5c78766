#include "commands/restore.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "commands/list.h"
#include "commands/restore_choice.h"
#include "dbkeeper/base/file_use.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/core/new_backup.h"

namespace dbkeeper::restore_command {
namespace {

using Clock = std::chrono::steady_clock;

struct Done {
  std::string file;
  BackupDescription description;
  RestorePlace place;
  RestoreReport report;
  std::optional<NewBackup> safety;
  double seconds = 0;
};

void check_words(const Options& options) {
  if (options.latest && !options.file.empty())
    throw Error(ErrorKind::usage, "both a FILE and --latest are given: which backup is meant?")
        .hint("leave one of them out");
  if (!options.label.empty() && !options.latest)
    throw Error(ErrorKind::usage, "--label chooses among backups, which takes --latest");
  if (options.keep_old < 0) throw Error(ErrorKind::usage, "--keep-old takes a number from 0 on");
}

std::string question(const BackupArchive& archive, const RestorePlace& place, bool keeps_old) {
  const BackupDescription& backup = archive.description();
  std::string text = fmt::format(
      "This restores the {} database '{}' at {}\nfrom {}\n  of '{}', {}, label {}, {} in {}, {}.\n",
      backup.engine, place.name, place.location, archive.path().string(), backup.database,
      backup.time, backup.label, plural(static_cast<std::int64_t>(backup.rows()), "row"),
      plural(static_cast<std::int64_t>(backup.tables.size()), "table"),
      human_size(static_cast<std::int64_t>(archive.bytes())));
  if (!place.exists) return text + "There is no such database yet.\n";
  text += fmt::format("What is there now ({}) {}\n", human_size(place.bytes),
                      keeps_old ? "stays beside it under another name."
                                : "is replaced, once a safety backup of it is proven.");
  for (const std::string& session : place.sessions) text += "  in use: " + session + "\n";
  return text;
}

RestoreOptions way_of(const Options& options, const Context& context) {
  return {.jobs = context.settings.jobs,
          .end_sessions = !options.no_terminate,
          .keep_old = options.keep_old};
}

std::unique_ptr<Database> open_old(const Options& options, Context& context) {
  return options.to.empty() ? context.open_database(Access::read)
                            : context.open_address(options.to, Access::read);
}

// Whether the engine itself finds the old database broken.
bool is_damaged(const Options& options, Context& context) {
  try {
    const auto database = open_old(options, context);
    const auto snapshot = database->snapshot();
    return !snapshot->integrity(snapshot->schema(), Depth::full).empty();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::refused) throw;
    return true;
  }
}

// None where the old database is so damaged that it can't be backed up: it stays as it is then,
// under another name.
std::optional<NewBackup> make_safety_backup(const Options& options, RestoreTarget& target,
                                            Context& context) {
  NewBackupOptions what{.folder = context.settings.backup_dir};
  what.label = "pre-restore";
  what.what.allow_empty = true;
  try {
    NewBackup backup = make_backup(*open_old(options, context), what, context.settings.jobs,
                                   context.reporter, context.stop);
    context.reporter.info(fmt::format("safety backup, read back: {}", backup.file.string()));
    return backup;
  } catch (Error& error) {
    error.during("making a safety backup; nothing was changed");
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::refused ||
        !is_damaged(options, context))
      throw;
    context.reporter.warn(
        fmt::format("the old database can't be backed up, since it is damaged, and is put aside as "
                    "it stands: {}",
                    error.message()));
    target.put_old_aside();
    return std::nullopt;
  }
}

Done carry_out(const Options& options, Context& context) {
  const auto begin = Clock::now();
  const BackupArchive archive = chosen_archive(options, context);
  const FileUse use(archive.path());  // no cleanup removes it meanwhile
  Done done;
  done.file = archive.path().string();
  done.description = archive.description();
  const auto target =
      context.open_target(options.to, archive.description(), way_of(options, context));
  done.place = target->place();
  const Confirmation confirmation{done.place.name, options.confirm, "restore"};
  if (done.place.exists) context.check_confirmation(confirmation);
  target->check(archive.files());
  const bool needs_copy = done.place.exists && !target->keeps_old() && !options.no_safety_backup;
  if (done.place.exists)
    context.confirm(confirmation,
                    [&] { return question(archive, done.place, target->keeps_old()); });
  if (needs_copy) done.safety = make_safety_backup(options, *target, context);
  done.report =
      restore_backup(archive, *target, context.settings.jobs, context.reporter, context.stop);
  done.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const std::string& what : done.report.left_out) context.reporter.warn("left out: " + what);
  return done;
}

Value value_of(const Done& done) {
  return Value()
      .set("file", done.file)
      .set("database", done.place.name)
      .set("location", done.place.location)
      .set("engine", done.description.engine)
      .set("backup_time", done.description.time)
      .set("label", done.description.label)
      .set("rows", done.description.rows())
      .set("tables", done.description.tables.size())
      .set("in_place", done.report.in_place)
      .set("put_aside", done.report.put_aside.empty() ? Value() : Value(done.report.put_aside))
      .set("safety_backup", done.safety ? Value(done.safety->file.string()) : Value())
      .set("left_out", Value::list(done.report.left_out))
      .set("dropped", Value::list(done.report.dropped))
      .set("seconds", done.seconds);
}

std::string text_of(const Done& done) {
  std::string text =
      fmt::format("{} restored from {}: {}, {} in {:.1f} s\n", done.place.name, done.file,
                  plural(static_cast<std::int64_t>(done.description.tables.size()), "table"),
                  plural(static_cast<std::int64_t>(done.description.rows()), "row"), done.seconds);
  if (!done.report.put_aside.empty())
    text += fmt::format("  what was there before is {}\n", done.report.put_aside);
  if (done.safety)
    text += fmt::format("  what was there before is in {}\n", done.safety->file.string());
  for (const std::string& name : done.report.dropped)
    text += fmt::format("  the earlier {} is gone\n", name);
  return text;
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  app.add_option("FILE", options.file, "the backup: a path, or a name in --dir")->type_name("FILE");
  app.add_flag("--latest", options.latest,
               "the newest backup of this database that holds; pre-restore ones aside");
  app.add_flag("--list", options.list, "only show what there is, as `dbkeeper list` does");
  app.add_option("--label", options.label, "with --latest: only backups with such a label")
      ->type_name("GLOB");
  app.add_option("--to", options.to, "into another database than --db names; it needn't exist")
      ->type_name("URL");
  app.add_option("--keep-old", options.keep_old,
                 "PostgreSQL: how many earlier databases stay under other names")
      ->type_name("N");
  app.add_flag("--no-terminate", options.no_terminate,
               "don't end others' sessions: refuse if there are any");
  app.add_flag("--no-safety-backup", options.no_safety_backup,
               "make no backup of what is replaced first");
  app.add_option("--confirm", options.confirm, "agree beforehand, by the database's name")
      ->type_name("NAME");
}

Outcome run(const Options& options, Context& context) {
  if (options.list) return list_command::run({}, context);
  check_words(options);
  const Done done = carry_out(options, context);
  Outcome outcome;
  outcome.result = value_of(done);
  outcome.text = text_of(done);
  return outcome;
}

}  // namespace dbkeeper::restore_command
