#include "commands/backup_freshness.h"

#include <fmt/format.h>

#include "dbkeeper/base/duration.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup_doubts.h"

namespace dbkeeper {
namespace {

using std::chrono::milliseconds;

milliseconds between(Moment then, Moment now) {
  return std::chrono::duration_cast<milliseconds>(now - then);
}

Finding finding(const char* check, std::string object, std::string message, std::string hint) {
  return {check, {}, std::move(object), std::move(message), std::move(hint), 0};
}

Value time_value(const std::optional<Moment>& time) {
  return time ? Value(rfc3339(*time)) : Value();
}

Value age_value(const std::optional<Moment>& time, Moment now) {
  return time ? Value(std::chrono::duration<double>(now - *time).count()) : Value();
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

}  // namespace

std::optional<milliseconds> age_of(const std::string& text, std::string_view option) {
  if (text.empty()) return std::nullopt;
  if (const auto age = parse_duration(text)) return age;
  throw Error(ErrorKind::usage,
              fmt::format("{}: '{}' is not a duration such as 26h or 7d", option, text));
}

BackupFreshness::BackupFreshness(const DatabaseInfo& database, const AgeLimits& limits,
                                 const Context& context)
    : folder_(context.settings.backup_dir), now_(std::chrono::system_clock::now()) {
  std::vector<BackupDoubt> doubts;
  try {
    const auto folder = list_backups(folder_);
    ages_ = ages_of(database, folder, now_);
    doubts = doubts_about(database.engine, database.name, database.source_id, folder, now_);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    problem_ = error.message();
    context.reporter.debug("the ages of backups are not known: " + problem_);
  }
  judge(limits);
  const bool asked = limits.backup || limits.proof;
  for (const BackupDoubt& doubt : doubts)
    if (asked && doubt.damaged)
      findings_.push_back(finding("backup", doubt.file.string(), doubt.text,
                                  "dbkeeper verify FILE reads it; once there is a sound one, "
                                  "remove it"));
    else
      context.reporter.warn(doubt.text);
}

void BackupFreshness::judge(const AgeLimits& limits) {
  const auto too_old = [&](const std::optional<Moment>& time, const auto& limit) {
    return time && between(*time, now_) > *limit;
  };
  const std::string nowhere = problem_.empty() ? fmt::format("in '{}'", folder_) : problem_;
  const std::string backup_hint = "run dbkeeper backup";
  if (limits.backup && !ages_.backup)
    findings_.push_back(
        finding("backup", "", fmt::format("there is no sound backup: {}", nowhere), backup_hint));
  else if (limits.backup && too_old(ages_.backup, limits.backup))
    findings_.push_back(
        finding("backup", ages_.backup_file,
                fmt::format("the newest sound backup, {}, is {} old", ages_.backup_file,
                            human_age(between(*ages_.backup, now_))),
                backup_hint));
  const std::string proof_hint = "run dbkeeper verify --drill FILE";
  if (limits.proof && !ages_.proof)
    findings_.push_back(
        finding("proof", "", fmt::format("no backup has been restored and compared: {}", nowhere),
                proof_hint));
  else if (limits.proof && too_old(ages_.proof, limits.proof))
    findings_.push_back(
        finding("proof", ages_.proof_file,
                fmt::format("the last backup that was restored and compared, {}, was so {} ago",
                            ages_.proof_file, human_age(between(*ages_.proof, now_))),
                proof_hint));
}

std::string BackupFreshness::text() const {
  if (!ages_.backup) return "";
  std::string text = fmt::format("newest backup {} old", human_age(between(*ages_.backup, now_)));
  text += ages_.proof ? fmt::format(", one restored and compared {} ago",
                                    human_age(between(*ages_.proof, now_)))
                      : ", none restored and compared yet";
  return text + "\n";
}

Value BackupFreshness::value() const {
  return Value()
      .set("newest", text_or_null(ages_.backup_file))
      .set("time", time_value(ages_.backup))
      .set("age", age_value(ages_.backup, now_))
      .set("proven", text_or_null(ages_.proof_file))
      .set("proof_time", time_value(ages_.proof))
      .set("proof_age", age_value(ages_.proof, now_));
}

}  // namespace dbkeeper
