#include "commands/export.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "commands/export_file.h"
#include "commands/text_line.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/export.h"
#include "dbkeeper/core/export_target.h"
#include "dbkeeper/core/output_name.h"

namespace dbkeeper::export_command {
namespace {

using Clock = std::chrono::steady_clock;

// For an export to the terminal itself, where progress would stand in the document's midst.
class WithoutProgress final : public Reporter {
 public:
  explicit WithoutProgress(Reporter& reporter) : reporter_(reporter) {}
  void debug(std::string_view message) override { reporter_.debug(message); }
  void info(std::string_view message) override { reporter_.info(message); }
  void warn(std::string_view message) override { reporter_.warn(message); }
  void progress(const Progress&) override {}

 private:
  Reporter& reporter_;
};

struct Done {
  ExportPlan plan;
  ExportReport report;
  export_json::Metadata metadata;
  std::string file;  // empty for standard output
  std::uint64_t file_bytes = 0;
  double seconds = 0;
};

// Every condition is tried before a byte is written.
void check_conditions(Snapshot& snapshot, const ExportPlan& plan) {
  for (const RowSet& set : plan.selection.sets)
    if (set.base == RowSet::Base::condition) snapshot.check_condition(*set.table, set.condition);
}

Done carry_out(const Options& options, Context& context) {
  const auto begin = Clock::now();
  if (!options.overwrite) check_replaces_nothing(options.output);
  const auto database = context.open_database(Access::read);
  const auto snapshot = database->snapshot();
  const auto moment = std::chrono::system_clock::now();
  const Schema schema = snapshot->schema();
  DatabaseInfo info = database->info();

  ExportOptions what = options.what;
  what.references = !options.no_references;
  what.limited_to_schema = info.limited_to_schema;
  Done done{.plan = plan_export(schema, what)};
  check_conditions(*snapshot, done.plan);
  if (!what.source.empty()) info.source_id = what.source;
  done.metadata = describe_moment(moment, info, *snapshot, schema, done.plan);

  const int readers = database->capabilities().parallel_readers ? context.settings.jobs : 1;
  ExportTarget target(options.output, info.name, options.overwrite, context.stop);
  WithoutProgress without_progress(context.reporter);
  const bool to_terminal = options.output == kStandardOutput && isatty(STDOUT_FILENO) != 0;
  done.report = write_export(
      *snapshot, schema, done.plan, done.metadata,
      [&](std::string_view text) { target.write(text); }, readers,
      to_terminal ? without_progress : context.reporter, context.stop);
  context.stop.check();
  done.file = target.commit();
  done.file_bytes = target.bytes();
  done.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return done;
}

Value schema_version_of(const export_json::Metadata& metadata) {
  if (!metadata.schema_version) return {};
  return Value()
      .set("tool", metadata.schema_version->tool)
      .set("version", metadata.schema_version->version);
}

Value value_of(const Done& done) {
  return Value()
      .set("file", done.file.empty() ? Value() : Value(done.file))
      .set("bytes", done.file_bytes)
      .set("document_bytes", done.report.bytes)
      .set("database", done.metadata.database)
      .set("timestamp", done.metadata.timestamp)
      .set("schema_version", schema_version_of(done.metadata))
      .set("source_id", Value(done.metadata.source_id))
      .set("rows", rows_of(done.report.tables))
      .set("tables", totals_of(done.report.tables, false))
      .set("references", totals_of(done.report.tables, true))
      .set("left_out", Value::list(done.plan.left_out,
                                   [](const auto& table) {
                                     Value value = Value().set("table", table.table);
                                     if (!table.column.empty()) value.set("column", table.column);
                                     return std::move(value.set("reason", table.why));
                                   }))
      .set("seconds", done.seconds);
}

std::string text_of(const Done& done) {
  std::string references;
  for (const TableTotal& table : done.report.tables)
    if (table.section == Section::references && table.total.rows > 0)
      references += text_line("  {}: {} of it, to be found again, in references", table.name,
                              plural(static_cast<std::int64_t>(table.total.rows), "row"));
  std::string text =
      text_line("{}: {}, {} in {:.1f} s", done.file.empty() ? "standard output" : done.file,
                tables_and_rows(done.report.tables),
                human_size(static_cast<std::int64_t>(done.file_bytes)), done.seconds);
  text += references;
  for (const ExportPlan::LeftOut& table : done.plan.left_out)
    if (table.column.empty()) text += text_line("  {} left out: {}", table.table, table.why);
  return text;
}

}  // namespace

Outcome run(const Options& options, Context& context) {
  Outcome outcome;
  outcome.stdout_is_taken = options.output == kStandardOutput;
  try {
    const Done done = carry_out(options, context);
    outcome.result = value_of(done);
    outcome.text = text_of(done);
  } catch (const Error& error) {
    if (!outcome.stdout_is_taken) throw;
    outcome.problem = error;
  }
  return outcome;
}

}  // namespace dbkeeper::export_command
