#include "commands/migrate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

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

void add_options(CLI::App& app, Options& options) {
  app.add_flag("--strict", options.strict, "lost rows or values fail, unless --expect-loss");
  app.add_option("--expect-loss", options.expect_loss,
                 "what is meant to be lost: a table, or table.column; a list")
      ->type_name("TABLES");
  app.add_flag("--auto-restore", options.auto_restore,
               "a failure puts the database back, if it isn't as before");
  app.add_flag("--rehearse", options.rehearse,
               "first on a scratch copy of the database; live only if that went well");
  app.add_option("--unless", options.unless,
                 "run this first: if it exits with 0, there is nothing to do")
      ->type_name("COMMAND");
  app.add_option("--timeout", options.timeout, "end the command after this long: 10m")
      ->type_name("DURATION");
}

Outcome run(const Options& options, Context& context) {
  if (context.passed_words.empty())
    throw Error(ErrorKind::usage, "no command to run: it stands behind --")
        .hint("dbkeeper migrate -- alembic upgrade head");
  MigrateReport report;
  Outcome outcome;
  outcome.problem = MigrateRun(options, time_of(options.timeout), context, report).carry_out();
  outcome.result = value_of(report);
  outcome.text = text_of(report);
  return outcome;
}

}  // namespace dbkeeper::migrate_command
