#include "commands/restore_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "commands/text_line.h"
#include "dbkeeper/base/duration.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/core/inspect.h"
#include "dbkeeper/core/retention.h"

namespace dbkeeper::restore_command {
namespace {

std::int64_t number(std::size_t size) { return static_cast<std::int64_t>(size); }

Confirmation confirmation_of(const Options& options, const RestorePlace& place) {
  return {place.name, options.confirm, "restore"};
}

std::string what_is_there(const RestorePlace& place, bool keeps_old) {
  if (!place.exists) return "There is no such database yet.\n";
  std::string text = text_line("What is there now ({}) {}", human_size(place.bytes),
                               keeps_old ? "stays beside it under another name."
                                         : "is replaced, once a safety backup of it is proven.");
  for (const std::string& session : place.sessions) text += text_line("  in use: {}", session);
  return text;
}

// What is in the database now, as far as that can be told at once; nothing if it can't be read.
std::optional<Inspection> look(const Options& options, Context& context) {
  try {
    const auto database = context.open_address(context.address_of(options.to), Access::read);
    return inspect(*database, {}, context.reporter, context.stop);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    context.reporter.debug("what is there now is not known: " + error.message());
    return std::nullopt;
  }
}

std::string rows_in_tables(std::int64_t rows, std::size_t tables) {
  return fmt::format("{} in {}", plural(rows, "row"), plural(number(tables), "table"));
}

// A backup beside what it is to replace.
class Comparison {
 public:
  Comparison(const BackupArchive& archive, const Options& options, Context& context,
             const RestorePlace& place)
      : archive_(archive), backup_(archive.description()), context_(context), place_(place) {
    if (place.exists) now_ = look(options, context);
  }

  // In a line each: the backup, what is there, what that means.
  std::string text() const {
    std::string out =
        text_line("  the backup: of '{}', {}, label {}, {}, {}", backup_.database, when(),
                  backup_.label, rows_in_tables(number(backup_.rows()), backup_.tables.size()),
                  human_size(static_cast<std::int64_t>(archive_.bytes())));
    if (now_) out += text_line("  there now:  {}{}", there_now(), difference());
    if (const std::string newer = newer_backup(); !newer.empty())
      out += text_line("  a newer one: {}", newer);
    if (const std::string other = other_database(); !other.empty()) out += text_line("{}", other);
    return out;
  }

  // The same in a line, for who isn't asked.
  std::string line() const {
    return fmt::format("restoring {}: of '{}', {}, {}{}", archive_.path().string(),
                       backup_.database, when(),
                       rows_in_tables(number(backup_.rows()), backup_.tables.size()),
                       now_ ? "; there now: " + there_now() + difference() : "");
  }

  // "This is a backup of another database, …"; empty: it isn't, or that isn't known.
  std::string other_database() const {
    if (!now_ || is_of_this()) return {};
    if (is_of_another_application())
      return fmt::format(
          "This is a backup of another application's database, '{}': of the {} that '{}' has now, "
          "{} in it",
          backup_.database, plural(number(now_->schema.tables.size()), "table"), place_.name,
          common() == 0 ? "none is" : fmt::format("{} are", common()));
    if (backup_.database == place_.name) return {};
    return fmt::format("This is a backup of another database, '{}', and not of '{}'",
                       backup_.database, place_.name);
  }

  bool is_of_another_application() const {
    if (!now_ || is_of_this()) return false;
    const std::size_t tables = std::min(now_->schema.tables.size(), backup_.tables.size());
    return tables > 0 && 2 * common() < tables;
  }

 private:
  bool is_of_this() const {
    return backup_.source_id && now_->database.source_id == backup_.source_id;
  }

  std::size_t common() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(now_->schema.tables, [&](const Table& table) {
          return std::ranges::any_of(
              backup_.tables, [&](const BackupTable& other) { return other.name == table.name; });
        }));
  }

  std::string when() const {
    const auto time = parse_rfc3339(backup_.time);
    if (!time) return backup_.time;
    const Moment now = std::chrono::system_clock::now();
    if (*time > now) return backup_.time + ", which is yet to come";
    return fmt::format(
        "{}, {} old", backup_.time,
        human_age(std::chrono::duration_cast<std::chrono::milliseconds>(now - *time)));
  }

  std::string there_now() const {
    const std::int64_t rows = now_->total_rows();
    if (rows < 0) return plural(number(now_->schema.tables.size()), "table");
    return (now_->rows_exact() ? "" : "about ") + rows_in_tables(rows, now_->schema.tables.size());
  }

  // ", 3 more than in the backup"
  std::string difference() const {
    const std::int64_t more = now_->total_rows() - number(backup_.rows());
    if (now_->total_rows() < 0 || more == 0) return {};
    return fmt::format(", {}{} {} than in the backup", now_->rows_exact() ? "" : "about ",
                       human_count(more < 0 ? -more : more), more < 0 ? "fewer" : "more");
  }

  std::string newer_backup() const {
    try {
      const auto time = parse_rfc3339(backup_.time);
      for (const FolderBackup& other : list_backups(context_.settings.backup_dir))
        if (time && other.time > *time && is_sound(other) && other.label != kPreRestore &&
            !is_yet_to_come(other, std::chrono::system_clock::now()) &&
            database_of(other) == database_of(backup_))
          return fmt::format("{}, {}, {}", other.path.string(), rfc3339(other.time),
                             rows_in_tables(number(other.rows), other.tables));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
    }
    return {};
  }

  const BackupArchive& archive_;
  const BackupDescription& backup_;
  Context& context_;
  const RestorePlace& place_;
  std::optional<Inspection> now_;
};

}  // namespace

void ask(const Options& options, Context& context, const RestorePlace& place,
         const std::function<std::string()>& question) {
  if (place.exists) context.confirm(confirmation_of(options, place), question);
}

void ask_to_restore(const BackupArchive& archive, const Options& options, Context& context,
                    const RestoreTarget& target) {
  const RestorePlace& place = target.place();
  const Comparison comparison(archive, options, context, place);
  bool asked = false;
  ask(options, context, place, [&] {
    asked = true;
    return text_line("This restores the {} database '{}' at {}", archive.description().engine,
                     place.name, place.location) +
           text_line("from {}", archive.path().string()) + comparison.text() +
           what_is_there(place, target.keeps_old());
  });
  if (asked) return;
  context.reporter.info(comparison.line());
  const std::string other = comparison.other_database();
  if (other.empty()) return;
  if (options.confirm.empty() && comparison.is_of_another_application())
    throw Error(ErrorKind::refused, other + "; nothing was changed")
        .hint(fmt::format("if it is to replace that: --confirm '{}'", place.name));
  context.reporter.warn(other);
}

void ask_to_undo(const std::string& what, const std::string& from, const Options& options,
                 Context& context, const RestoreTarget& target) {
  ask(options, context, target.place(), [&] {
    std::string question = undo_question(what, from, target.place(), target.keeps_old());
    if (const auto now = look(options, context); now && now->total_rows() >= 0)
      question += fmt::format("  there now: {}{}\n", now->rows_exact() ? "" : "about ",
                              rows_in_tables(now->total_rows(), now->schema.tables.size()));
    return question;
  });
}

std::string undo_question(const std::string& what, const std::string& from,
                          const RestorePlace& place, bool keeps_old) {
  return text_line("This takes back the {},", what) +
         text_line("and puts the database '{}' at {} back from", place.name, place.location) +
         text_line("  {}", from) + what_is_there(place, keeps_old);
}

// By default what the last but one restore put aside stays as well: after two in a row the first
// state is still there.
RestoreOptions way_of(const Options& options, const Context& context) {
  constexpr int kKept = 2;
  return {.jobs = context.settings.jobs,
          .end_sessions = !options.no_terminate,
          .keep_old = options.keep_old.value_or(kKept),
          .in_place = options.in_place};
}

}  // namespace dbkeeper::restore_command
