#include "commands/cleanup.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/list.h"
#include "commands/text_line.h"
#include "commands/text_table.h"
#include "dbkeeper/base/duration.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/cleanup.h"

namespace dbkeeper::cleanup_command {
namespace {

std::optional<std::chrono::milliseconds> age_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto age = parse_duration(text);
  if (!age)
    throw Error(ErrorKind::usage,
                fmt::format("--max-age: '{}' is not a duration such as 12h or 30d", text));
  return age;
}

CleanupOptions settled(const Options& options) {
  return {.rules = {.newest = options.keep,
                    .daily = options.keep_daily,
                    .weekly = options.keep_weekly,
                    .monthly = options.keep_monthly,
                    .max_age = age_of(options.max_age),
                    .label = options.label.empty() ? "*" : options.label},
          .exports = options.exports,
          .verify = options.verify,
          .dry_run = options.dry_run,
          .accept_collapse = options.accept_collapse};
}

bool is_unproven(const CleanedFile& file) {
  return file.backup.problem.empty() && !is_sound(file.backup);
}

void warn(const CleanupReport& report, const Options& options, Context& context) {
  for (const CleanedFile& file : report.files)
    if (!file.backup.problem.empty())
      context.reporter.warn(fmt::format("'{}' can't be read and is left as it is: {}",
                                        file.backup.path.string(), file.backup.problem));
  const auto unproven = std::ranges::count_if(report.files, is_unproven);
  if (unproven > 0 && !options.exports)
    context.reporter.warn(
        fmt::format("{} not verified: not counted, and kept; dbkeeper cleanup --verify reads {}",
                    unproven == 1 ? "1 backup is" : fmt::format("{} backups are", unproven),
                    unproven == 1 ? "it" : "them"));
}

Value value_of(const CleanedFile& file) {
  return dbkeeper::value_of(file.backup)
      .set("keep", file.verdict.keep)
      .set("rule", file.verdict.rule)
      .set("removed", file.removed)
      .set("failure", file.failure.empty() ? Value() : Value(file.failure));
}

Value value_of(const CleanupReport& report, const Options& options) {
  Value::List removed;
  for (const CleanedFile& file : report.files)
    if (file.removed) removed.push_back(file.backup.path.string());
  return Value()
      .set("dry_run", options.dry_run)
      .set("files", Value::list(report.files, [](const CleanedFile& f) { return value_of(f); }))
      .set("removed", std::move(removed))
      .set("leftovers",
           Value::list(report.leftovers, [](const auto& path) { return path.string(); }))
      .set("bytes_freed", report.bytes_freed);
}

std::string summary(const CleanupReport& report, const Options& options, const Context& context) {
  const auto going = std::ranges::count_if(report.files, [&](const CleanedFile& file) {
    return options.dry_run ? !file.verdict.keep : file.removed;
  });
  return text_line(
      "{}: {} of {} {}, {}{}", context.settings.backup_dir, human_count(going),
      plural(static_cast<std::int64_t>(report.files.size()), options.exports ? "export" : "backup"),
      options.dry_run ? "would be removed" : "removed",
      human_size(static_cast<std::int64_t>(report.bytes_freed)),
      report.leftovers.empty()
          ? ""
          : fmt::format(
                "; {} of runs that were killed",
                plural(static_cast<std::int64_t>(report.leftovers.size()), "leftover file")));
}

// All files of a dry run; else those that went.
std::string text_of(const CleanupReport& report, const Options& options, const Context& context) {
  TextTable table({{"FILE"}, {"TIME (UTC)"}, {""}, {"RULE"}});
  for (const CleanedFile& file : report.files)
    if (options.dry_run || file.removed)
      table.add({file.backup.path.filename().string(), shown_time(file.backup.time),
                 file.verdict.keep ? "keep" : (options.dry_run ? "remove" : "removed"),
                 file.verdict.rule});
  for (const auto& path : report.leftovers)
    table.add({path.filename().string(), "", options.dry_run ? "remove" : "removed",
               "left behind by a run that was killed"});
  return summary(report, options, context) + (table.empty() ? "" : table.text());
}

std::optional<Error> problem_of(const CleanupReport& report) {
  std::vector<std::string> failures;
  for (const CleanedFile& file : report.files) {
    if (!file.failure.empty())
      failures.push_back(
          fmt::format("cannot remove '{}': {}", file.backup.path.string(), file.failure));
    if (file.backup.unreadable)
      failures.push_back(
          fmt::format("cannot read '{}': {}", file.backup.path.string(), file.backup.problem));
  }
  if (failures.empty()) return std::nullopt;
  return Error(ErrorKind::failed, join(failures, "; "))
      .hint("everything else was done; see to the folder's rights and its disk");
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  const CleanupReport report = clean_up(context.settings.backup_dir, settled(options),
                                        context.settings.jobs, context.reporter, context.stop);
  warn(report, options, context);
  Outcome outcome;
  outcome.result = value_of(report, options);
  outcome.text = text_of(report, options, context);
  outcome.problem = problem_of(report);
  return outcome;
}

}  // namespace dbkeeper::cleanup_command
