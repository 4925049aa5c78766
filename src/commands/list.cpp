#include "commands/list.h"

#include <fmt/format.h>

#include "commands/text_line.h"
#include "commands/text_table.h"
#include "dbkeeper/base/duration.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"

namespace dbkeeper {
namespace {

Value known(const FolderBackup& backup, Value value) {
  return backup.problem.empty() ? std::move(value) : Value();
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value time_or_null(const std::optional<Moment>& time) {
  return time ? Value(rfc3339(*time)) : Value();
}

std::string age_text(Moment time, Moment now) {
  return human_age(std::chrono::duration_cast<std::chrono::milliseconds>(now - time));
}

// A time that is yet to come has no "ago".
std::string ago(Moment time, Moment now) {
  return time > now ? "" : " " + age_text(time, now) + " ago";
}

}  // namespace

Value value_of(const FolderBackup& backup) {
  const BackupProof proof = backup.proof.value_or(BackupProof{});
  return Value()
      .set("file", backup.path.string())
      .set("name", backup.path.filename().string())
      .set("label", text_or_null(backup.label))
      .set("engine", text_or_null(backup.engine))
      .set("database", text_or_null(backup.database))
      .set("server_version", text_or_null(backup.server_version))
      .set("time", rfc3339(backup.time))
      .set("bytes", backup.bytes)
      .set("rows", known(backup, backup.rows))
      .set("tables", known(backup, backup.tables))
      .set("verified", time_or_null(proof.verified))
      .set("restored", time_or_null(proof.restored))
      .set("restore_seconds", proof.restored ? Value(proof.restore_seconds) : Value())
      .set("with_json", text_or_null(backup.json))
      .set("problem", text_or_null(backup.problem))
      .set("changed", backup.change != ProofChange::none)
      .set("yet_to_come", is_yet_to_come(backup, std::chrono::system_clock::now()));
}

std::string proof_text(const FolderBackup& backup, Moment now) {
  if (!backup.problem.empty()) return "unreadable";
  if (!is_sound(backup))
    return backup.change == ProofChange::none ? "not verified" : "changed since it was verified";
  if (const auto& restored = backup.proof->restored)
    return fmt::format("restored and compared{} in {:.0f} s", ago(*restored, now),
                       backup.proof->restore_seconds);
  return "verified" + ago(*backup.proof->verified, now);
}

std::string shown_time(Moment time) {
  std::string text = rfc3339(time).substr(0, std::string_view("2026-01-02T03:04:05").size());
  text[text.find('T')] = ' ';
  return text;
}

}  // namespace dbkeeper

namespace dbkeeper::list_command {
namespace {

std::vector<std::string> row_of(const FolderBackup& backup, Moment now) {
  const bool sealed = !backup.problem.empty();
  const auto shown = [](const std::string& text) { return text.empty() ? "?" : text; };
  return {backup.path.filename().string(),
          shown(backup.label),
          shown(backup.engine),
          shown(backup.database),
          shown_time(backup.time),
          age_text(backup.time, now),
          human_size(static_cast<std::int64_t>(backup.bytes)),
          sealed ? "?" : human_count(static_cast<std::int64_t>(backup.rows)),
          proof_text(backup, now)};
}

std::string text_of(const std::vector<FolderBackup>& backups, const std::string& folder) {
  if (backups.empty()) return text_line("no backups in {}", folder);
  const Moment now = std::chrono::system_clock::now();
  TextTable table({{"NAME"},
                   {"LABEL"},
                   {"ENGINE"},
                   {"DATABASE"},
                   {"TIME (UTC)"},
                   {"AGE", TextTable::Align::right},
                   {"SIZE", TextTable::Align::right},
                   {"ROWS", TextTable::Align::right},
                   {"PROOF"}});
  std::string problems;
  for (const FolderBackup& backup : backups) {
    table.add(row_of(backup, now));
    if (!backup.problem.empty())
      problems += text_line("  {}: {}", backup.path.filename().string(), backup.problem);
  }
  return table.text() + (problems.empty() ? "" : "\nCan't be read:\n" + problems);
}

}  // namespace

Outcome run(const Options&, Context& context) {
  const auto backups = list_backups(context.settings.backup_dir);
  Outcome outcome;
  outcome.result.set(
      "backups", Value::list(backups, [](const FolderBackup& backup) { return value_of(backup); }));
  outcome.text = text_of(backups, context.settings.backup_dir);
  return outcome;
}

}  // namespace dbkeeper::list_command
