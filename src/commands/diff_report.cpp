#include "commands/diff_report.h"

#include <fmt/format.h>

#include <variant>

#include "commands/text_line.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

std::string count_of(std::uint64_t number) {
  return human_count(static_cast<std::int64_t>(number));
}

std::string rows_of(std::uint64_t number) {
  return plural(static_cast<std::int64_t>(number), "row");
}

std::string headline(const char* letter, const DiffSide& side) {
  const DiffSide::Description& what = side.description();
  std::string of = fmt::format("{} {}", what.engine, what.server_version);
  if (what.is_export) of = fmt::format("an export of {} from {}", what.exported_at, of);
  if (!what.backed_up_at.empty()) of = fmt::format("a backup of {} from {}", what.backed_up_at, of);
  return text_line("{}: {}, {}", letter, what.name, of);
}

// `id 5`, `card_id 1, tag_id 7`: a row by its key's values, or all of them.
std::string shown_key(const Value& key) {
  std::vector<std::string> parts;
  if (const auto* members = std::get_if<Value::Object>(&key.data()))
    for (const auto& [name, value] : *members)
      parts.push_back(fmt::format("{} {}", name, json_of(value)));
  return parts.empty() ? "a row without columns" : join(parts, ", ");
}

std::string in_each(const std::string& a, const std::string& b) {
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  return fmt::format("{} in A, {} in B", shown(a), shown(b));
}

std::string line_of(const SchemaDifference& difference) {
  const auto& [what, column, a, b] = difference;
  if (what == "column")
    return fmt::format("column {} ({}): only in {}", column, a.empty() ? b : a,
                       a.empty() ? "B" : "A");
  if (what == "nullable") return fmt::format("column {}: {}", column, in_each(a, b));
  if (!column.empty()) return fmt::format("{} of {}: {}", what, column, in_each(a, b));
  if (a.empty() || b.empty())
    return fmt::format("{} {}: only in {}", what, a.empty() ? b : a, a.empty() ? "B" : "A");
  return fmt::format("{}: {}", what, in_each(a, b));
}

std::string row_lines(const char* kind, const std::vector<RowDifference>& rows,
                      std::uint64_t total) {
  std::string text;
  std::uint64_t shown = 0;
  for (const RowDifference& row : rows) {
    const std::string columns = row.columns.empty() ? "" : ": " + join(row.columns, ", ");
    const std::string times = row.times > 1 ? fmt::format(" ({} times)", row.times) : "";
    text += text_line("    {:<9}  {}{}{}", kind, shown_key(row.key), times, columns);
    shown += row.times;
  }
  if (shown < total) text += text_line("    {:<9}  and {} more", kind, count_of(total - shown));
  return text;
}

std::string rows_text(const RowsDifference& rows) {
  std::string text = text_line("  rows: {} only in A, {} only in B, {} changed; {} in A, {} in B",
                               count_of(rows.only_a), count_of(rows.only_b), count_of(rows.changed),
                               count_of(rows.rows_a), count_of(rows.rows_b));
  return text + row_lines("only in A", rows.first_only_a, rows.only_a) +
         row_lines("only in B", rows.first_only_b, rows.only_b) +
         row_lines("changed", rows.first_changed, rows.changed);
}

std::string differences_text(const DiffReport& report) {
  std::string text;
  for (const VersionDiff& version : report.versions)
    if (!version.equal()) text += text_line("{}: {}", version.tool, in_each(version.a, version.b));
  for (const std::string& table : report.only_a) text += text_line("{}: only in A", table);
  for (const std::string& table : report.only_b) text += text_line("{}: only in B", table);
  for (const TableDiff& table : report.tables) {
    if (table.equal()) continue;
    text += text_line("{}", table.table);
    for (const SchemaDifference& difference : table.schema)
      text += text_line("  {}", line_of(difference));
    if (!table.rows.equal()) text += rows_text(table.rows);
  }
  return text;
}

std::string equal_text(const DiffReport& report) {
  std::uint64_t rows = 0;
  bool compared = true;
  for (const TableDiff& table : report.tables) {
    rows += table.rows.rows_a;
    compared = compared && table.rows_compared;
  }
  return text_line("equal: {}, {}",
                   plural(static_cast<std::int64_t>(report.tables.size()), "table"),
                   compared ? rows_of(rows) : "rows not compared");
}

std::string not_compared_text(const DiffReport& report) {
  std::string text;
  for (const NotCompared& entry : report.not_compared)
    text += text_line("  {}{}: {}", entry.table,
                      entry.column.empty() ? "" : fmt::format(" ({})", entry.column), entry.why);
  return text.empty() ? text : "\nNot compared:\n" + text;
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value value_of(const DiffSide& side) {
  const DiffSide::Description& what = side.description();
  const bool is_backup = !what.backed_up_at.empty();
  return Value()
      .set("name", what.name)
      .set("kind", is_backup        ? "backup"
                   : what.is_export ? "export"
                                    : "database")
      .set("database", what.database)
      .set("engine", what.engine)
      .set("server_version", what.server_version)
      .set("exported_at", text_or_null(what.exported_at))
      .set("backed_up_at", text_or_null(what.backed_up_at));
}

Value value_of(const SchemaDifference& difference) {
  Value value;
  value.set("what", difference.what);
  if (!difference.column.empty()) value.set("column", difference.column);
  return std::move(value.set("a", text_or_null(difference.a)).set("b", text_or_null(difference.b)));
}

Value value_of(const RowDifference& row) {
  Value value = Value().set("key", row.key);
  if (row.times > 1) value.set("times", row.times);
  if (!row.columns.empty()) value.set("columns", Value::list(row.columns));
  return value;
}

Value value_of(const TableDiff& table) {
  const auto list = [](const std::vector<RowDifference>& rows) {
    return Value::list(rows, [](const RowDifference& row) { return value_of(row); });
  };
  const RowsDifference& rows = table.rows;
  Value value;
  value.set("equal", table.equal()).set("schema", Value::list(table.schema, [](const auto& entry) {
                                          return value_of(entry);
                                        }));
  if (!table.rows_compared) return std::move(value.set("rows", Value()));
  value.set("rows", Value()
                        .set("a", rows.rows_a)
                        .set("b", rows.rows_b)
                        .set("matched_by", table.keyed ? "primary key" : "all columns")
                        .set("only_a", rows.only_a)
                        .set("only_b", rows.only_b)
                        .set("changed", rows.changed)
                        .set("first_only_a", list(rows.first_only_a))
                        .set("first_only_b", list(rows.first_only_b))
                        .set("first_changed", list(rows.first_changed)));
  return value;
}

}  // namespace

std::size_t tables_of(const DiffReport& report) {
  return report.tables.size() + report.only_a.size() + report.only_b.size();
}

std::string text_of(const DiffReport& report, const DiffSide& a, const DiffSide& b) {
  std::string differences = differences_text(report);
  if (report.equal()) differences = equal_text(report);
  return headline("A", a) + headline("B", b) + "\n" + differences + not_compared_text(report);
}

Value value_of(const DiffReport& report, const DiffSide& a, const DiffSide& b) {
  Value tables = Value::object();
  for (const TableDiff& table : report.tables) tables.set(table.table, value_of(table));
  return Value()
      .set("a", value_of(a))
      .set("b", value_of(b))
      .set("equal", report.equal())
      .set("only_a", Value::list(report.only_a))
      .set("only_b", Value::list(report.only_b))
      .set("schema_versions", Value::list(report.versions,
                                          [](const VersionDiff& version) {
                                            return Value()
                                                .set("tool", version.tool)
                                                .set("a", text_or_null(version.a))
                                                .set("b", text_or_null(version.b));
                                          }))
      .set("tables", std::move(tables))
      .set("not_compared", Value::list(report.not_compared, [](const NotCompared& entry) {
             Value value = Value().set("table", entry.table);
             if (!entry.column.empty()) value.set("column", entry.column);
             return std::move(value.set("reason", entry.why));
           }));
}

}  // namespace dbkeeper
