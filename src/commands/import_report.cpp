#include "commands/import_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/text_line.h"
#include "commands/text_table.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

struct Tally {
  const char* name;
  std::int64_t ImportCounts::*count;
};

// `rows` is the sum of the five behind it.
constexpr Tally kTallies[] = {
    {"rows", &ImportCounts::rows},         {"inserted", &ImportCounts::inserted},
    {"updated", &ImportCounts::updated},   {"unchanged", &ImportCounts::unchanged},
    {"skipped", &ImportCounts::skipped},   {"dropped", &ImportCounts::dropped},
    {"remapped", &ImportCounts::remapped}, {"removed", &ImportCounts::removed}};

void check_sum(const ImportReport::Entry& entry) {
  const ImportCounts& c = entry.counts;
  const std::int64_t sum = c.inserted + c.updated + c.unchanged + c.skipped + c.dropped;
  if (sum == c.rows) return;
  throw Error(
      ErrorKind::failed,
      fmt::format("table '{}': of {} in the file, {} were accounted for; nothing was changed",
                  entry.name, plural(c.rows, "row"), sum))
      .table(entry.name)
      .hint("this is a fault of dbkeeper; please report it with what --explain says");
}

std::string_view name_of(ImportMode mode) {
  switch (mode) {
    case ImportMode::skip:
      return "skip";
    case ImportMode::merge:
      return "merge";
    case ImportMode::clean:
      return "clean";
  }
  return "skip";
}

Value value_of(const ImportCounts& counts) {
  Value value = Value::object();
  for (const Tally& tally : kTallies) value.set(tally.name, counts.*tally.count);
  return value;
}

// The tables where there is anything to count.
Value those_with(const ImportReport& report, std::int64_t ImportCounts::*count) {
  Value value = Value::object();
  for (const auto& [name, counts] : report.tables)
    if (counts.*count != 0) value.set(name, counts.*count);
  return value;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Columns of nothing but noughts say nothing; without rows there is none at all.
std::string table_text(const ImportReport& report) {
  const ImportCounts total = report.total();
  std::vector<const Tally*> columns;
  std::vector<TextTable::Heading> headings = {{"TABLE"}};
  for (const Tally& tally : kTallies) {
    if (total.*tally.count == 0 && &tally != kTallies) continue;
    columns.push_back(&tally);
    headings.push_back({upper(tally.name), TextTable::Align::right});
  }
  TextTable table(std::move(headings));
  const auto add = [&](const std::string& name, const ImportCounts& counts) {
    std::vector<std::string> cells = {name};
    for (const Tally* tally : columns) cells.push_back(human_count(counts.*tally->count));
    table.add(std::move(cells));
  };
  for (const auto& [name, counts] : report.tables) add(name, counts);
  if (report.tables.size() > 1) add("total", total);
  return table.empty() ? std::string() : table.text();
}

std::string headline(const ImportReport& report) {
  const ImportCounts total = report.total();
  const bool changes = total.inserted + total.updated + total.removed > 0;
  std::string text = text_line(
      "{}{} into {} ({}), {}: {} in {:.1f} s{}", report.dry_run ? "dry run: " : "", report.file,
      report.database.name, report.database.location, name_of(report.mode),
      plural(total.rows, "row"), report.seconds, changes ? "" : "; there was nothing to change");
  return text;
}

std::string explanation(const ImportReport& report) {
  std::string text = fmt::format("\nRows are found {}.\n", rule_of(report.identity));
  for (const ExplainedTable& table : *report.explained) text += text_of(table);
  for (const std::string& trigger : report.triggers_off)
    text += fmt::format("\ntrigger {}: off for the import", one_line(trigger));
  for (const std::string& name : report.taken_off)
    text += fmt::format("\nforeign key or index {}: off for the import", one_line(name));
  return text + (report.triggers_off.empty() && report.taken_off.empty() ? "" : "\n");
}

}  // namespace

ImportCounts ImportReport::total() const {
  ImportCounts sum;
  for (const Entry& entry : tables) {
    for (const Tally& tally : kTallies) sum.*tally.count += entry.counts.*tally.count;
    sum.nulled += entry.counts.nulled;
    sum.same_number_alone += entry.counts.same_number_alone;
  }
  return sum;
}

ImportReport report_of(ImportRun& run) {
  const ImportPlan& plan = run.plan();
  ImportReport report;
  report.database = run.database();
  report.same_source = run.same_source();
  report.mode = plan.mode;
  report.identity = plan.identity;
  report.dry_run = plan.dry_run;
  for (std::size_t i = 0; i < plan.tables.size(); ++i) {
    ImportReport::Entry entry{plan.tables[i].name, run.import().counts(i)};
    if (!plan.tables[i].written && entry.counts.removed == 0) continue;
    check_sum(entry);
    report.tables.push_back(std::move(entry));
  }
  report.triggers_off = run.import().triggers_off();
  report.taken_off = run.import().taken_off();
  report.left_out = run.missed();
  return report;
}

void warn_of_doubts(const ImportReport& report, Reporter& reporter) {
  const auto warn = [&](std::int64_t count, const std::string& table, const char* noun,
                        std::string_view what) {
    if (count > 0)
      reporter.warn(fmt::format("table '{}': {} {}", table, plural(count, noun), what));
  };
  for (const auto& [name, counts] : report.tables) {
    warn(counts.same_number_alone, name, "row",
         "found by a generated number alone, and different otherwise: name what tells the table's "
         "rows apart with --match, or let no number count with --identity natural");
    warn(counts.nulled, name, "reference", "became NULL: what it referred to isn't there");
    warn(counts.dropped, name, "row", "left out: what it refers to isn't there");
  }
}

Value value_of(const ImportReport& report) {
  Value tables = Value::object();
  for (const auto& [name, counts] : report.tables) tables.set(name, value_of(counts));
  const auto or_null = [](const std::string& text) { return text.empty() ? Value() : Value(text); };
  Value value =
      Value()
          .set("mode", name_of(report.mode))
          .set("tables", std::move(tables))
          .set("total", value_of(report.total()))
          .set("safety_backup", or_null(report.safety_copy))
          .set("undo", or_null(report.undo))
          .set("dry_run", report.dry_run)
          .set("file", report.file)
          .set("database", report.database.name)
          .set("source", Value().set("same", report.same_source).set("id", Value(report.source_id)))
          .set("nulled", those_with(report, &ImportCounts::nulled))
          .set("same_number_alone", those_with(report, &ImportCounts::same_number_alone))
          .set("triggers_off", Value::list(report.triggers_off))
          .set("taken_off", Value::list(report.taken_off))
          .set("id_map", or_null(report.id_map))
          .set("left_out",
               Value::list(report.left_out,
                           [](const auto& table) {
                             return Value().set("table", table.first).set("reason", table.second);
                           }))
          .set("seconds", report.seconds);
  if (report.explained)
    value.set("explain",
              Value()
                  .set("rule", rule_of(report.identity))
                  .set("tables", Value::list(*report.explained, [](const ExplainedTable& table) {
                         return dbkeeper::value_of(table);
                       })));
  return value;
}

std::string text_of(const ImportReport& report) {
  std::string text = headline(report) + table_text(report);
  for (const auto& [table, why] : report.left_out)
    text += text_line("  {} left out: {}", table, why);
  if (report.explained) text += explanation(report) + "\n";
  if (!report.id_map.empty()) text += text_line("keys that changed: {}", report.id_map);
  if (!report.undo.empty()) text += text_line("to undo it: {}", report.undo);
  if (report.dry_run) text += "dry run: nothing was changed\n";
  return text;
}

}  // namespace dbkeeper
