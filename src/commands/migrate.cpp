#include "commands/migrate.h"

#include <fmt/format.h>

#include "commands/interruption.h"
#include "commands/migrate_report.h"
#include "commands/migrate_run.h"
#include "dbkeeper/base/duration.h"

namespace dbkeeper::migrate_command {
namespace {

std::optional<std::chrono::milliseconds> time_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto time = parse_duration(text);
  if (!time || time->count() == 0)
    throw Error(ErrorKind::usage,
                fmt::format("--timeout: '{}' is not a duration such as 90s or 10m", text));
  return time;
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  if (context.passed_words.empty())
    throw Error(ErrorKind::usage, "no command to run: it stands behind --")
        .hint("dbkeeper migrate -- alembic upgrade head");
  all_or_nothing([&] { context.address_of(""); }, kCommandNotRun);  // may wait for the server
  MigrateReport report;
  Outcome outcome;
  outcome.problem = MigrateRun(options, time_of(options.timeout), context, report).carry_out();
  outcome.result = value_of(report);
  outcome.text = text_of(report);
  return outcome;
}

}  // namespace dbkeeper::migrate_command
