#include "commands/check.h"

#include <fmt/format.h>

#include "commands/backup_freshness.h"
#include "commands/schema_value.h"
#include "commands/text_line.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/check.h"

namespace dbkeeper::check_command {
namespace {

std::int64_t size_of(const std::vector<Finding>& findings) {
  return static_cast<std::int64_t>(findings.size());
}

std::string text_of(const CheckReport& report, const BackupFreshness& backups, bool quick) {
  const DatabaseInfo& database = report.database;
  std::string text = text_line(
      "{}  {} {}, {}: {}, {}", database.name, database.engine, database.server_version,
      database.location, plural(static_cast<std::int64_t>(report.schema.tables.size()), "table"),
      human_size(database.bytes));
  text += backups.text();
  for (const Finding& finding : report.fixed)
    text += text_line("fixed  {}: {}", finding.check, finding.message);
  for (const Finding& finding : report.findings) {
    text += text_line("FOUND  {}: {}", finding.check, finding.message);
    if (!finding.hint.empty()) text += text_line("       {}", finding.hint);
  }
  if (report.findings.empty())
    text += quick ? "ok (a quick look; run it without --quick to read everything)\n" : "ok\n";
  return text;
}

Value value_of(const CheckReport& report, const BackupFreshness& backups, bool quick) {
  const auto list = [&](const std::vector<Finding>& findings) {
    return Value::list(findings, [&](const Finding& finding) {
      return dbkeeper::value_of(report.schema, finding);
    });
  };
  std::int64_t bytes = 0;
  Value value;
  value.set("database", dbkeeper::value_of(report.database))
      .set("depth", quick ? "quick" : "full")
      .set("migrations", Value::list(report.migrations,
                                     [&](const MigrationState& state) {
                                       return dbkeeper::value_of(report.schema, state);
                                     }))
      .set("tables", Value::list(report.schema.tables,
                                 [&](const Table& table) {
                                   if (table.bytes > 0) bytes += table.bytes;
                                   return Value()
                                       .set("name", report.schema.display(table))
                                       .set("size", table.bytes < 0 ? Value() : Value(table.bytes));
                                 }))
      .set("tables_size", bytes)
      .set("backups", backups.value())
      .set("findings", list(report.findings))
      .set("fixed", list(report.fixed));
  return value;
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  const AgeLimits limits{age_of(options.max_backup_age, "--max-backup-age"),
                         age_of(options.max_proof_age, "--max-proof-age")};
  const auto database = context.open_database(options.fix_sequences ? Access::write : Access::read);
  CheckReport report = check(
      *database,
      {.depth = options.quick ? Depth::quick : Depth::full, .fix_sequences = options.fix_sequences},
      context.reporter, context.stop);
  const BackupFreshness backups(report.database, limits, context);
  for (const Finding& finding : backups.findings()) report.findings.push_back(finding);
  Outcome outcome;
  outcome.result = value_of(report, backups, options.quick);
  outcome.text = text_of(report, backups, options.quick);
  if (!report.findings.empty())
    outcome.problem =
        Error(ErrorKind::check,
              fmt::format("{} found in database '{}'", plural(size_of(report.findings), "problem"),
                          report.database.name));
  return outcome;
}

}  // namespace dbkeeper::check_command
