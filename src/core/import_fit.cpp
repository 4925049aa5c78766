#include "core/import_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/references.h"
#include "dbkeeper/base/printable.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/core/export_plan.h"
#include "dbkeeper/core/table_list.h"

namespace dbkeeper {
namespace {

constexpr std::string_view kInclude = "--include";
constexpr std::string_view kExclude = "--exclude";

bool takes_rows(const Table& table) {
  return table.kind == TableKind::plain || table.kind == TableKind::partitioned ||
         table.kind == TableKind::partition;
}

std::vector<std::string> names_of(const std::map<std::string, const Table*>& tables) {
  std::vector<std::string> out;
  for (const auto& [name, table] : tables) out.push_back(name);
  return out;
}

// Columns of the table that need a value, and are not among those that rows have.
std::vector<std::string> unfilled(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::string> out;
  for (const Column& column : table.columns)
    if (!column.nullable && !column.generated() && !column.numbered() &&
        column.default_expression.empty() &&
        std::find(columns.begin(), columns.end(), column.name) == columns.end())
      out.push_back(column.name);
  return out;
}

}  // namespace

ImportFit::ImportFit(const Schema& file, const Schema& database, const std::string& home,
                     ImportOptions options)
    : file_(file), database_(database), options_(std::move(options)) {
  for (const Table& table : database.tables) by_name_[display(table.name, home)] = &table;
  choose(file, home);
  find_needed(file);
}

void ImportFit::choose(const Schema& file, const std::string& home) {
  const auto within = [&](const Table& table) {
    return options_.limited_to_schema.empty() || table.name.schema == options_.limited_to_schema ||
           (table.name.schema.empty() && options_.limited_to_schema == home);
  };
  const auto matching = [&](const TablePattern& pattern, std::string_view option) {
    std::vector<const Table*> out;
    for (const Table& table : file.tables)
      if (pattern.matches(file, table)) out.push_back(&table);
    if (out.empty()) complain_of_no_match(file, pattern.text, option);
    return out;
  };
  const auto included = parse_table_list(options_.include, kInclude);
  if (included.empty())
    for (const Table& table : file.tables)
      if (within(table)) chosen_.insert(&table);
  for (const TablePattern& pattern : included)
    for (const Table* table : matching(pattern, kInclude)) chosen_.insert(table);
  std::set<const Table*> excluded;
  for (const TablePattern& pattern : parse_table_list(options_.exclude, kExclude))
    for (const Table* table : matching(pattern, kExclude)) excluded.insert(table);
  for (const Table* table : excluded) chosen_.erase(table);
  for (const Table& table : file.tables)
    if (const std::string why = excluded.contains(&table)
                                    ? std::string()
                                    : why_missed(file, table, chosen_, options_.include);
        !why.empty())
      missed_.emplace_back(file.display(table), why);
}

// Rows of other tables are none of the import's business, and needn't even be comparable.
void ImportFit::find_needed(const Schema& file) {
  std::vector<const Table*> reached;
  std::map<const Table*, const Table*> in_file;
  const auto reach = [&](const Table* table) {
    if (table && needed_.insert(table).second) reached.push_back(table);
  };
  for (const Table& table : file.tables) {
    const auto at = by_name_.find(file.display(table));
    if (at == by_name_.end()) continue;
    in_file[at->second] = &table;
    if (chosen_.contains(&table)) reach(at->second);
  }
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const ForeignKey& key : reached[i]->foreign_keys) reach(referenced_table(database_, key));
    const auto at = in_file.find(reached[i]);
    if (at == in_file.end()) continue;
    for (const ForeignKey& key : at->second->foreign_keys)
      if (const auto to = by_name_.find(file.display(key.references)); to != by_name_.end())
        reach(to->second);
  }
}

std::optional<std::vector<PlacedTable>> ImportFit::likely() const {
  std::vector<PlacedTable> out;
  for (const Table& table : file_.tables) {
    const auto at = by_name_.find(file_.display(table));
    if (at == by_name_.end() || !takes_rows(*at->second) || !needed_.contains(at->second)) continue;
    if (chosen_.contains(&table) && !unfilled(*at->second, table.given_columns()).empty())
      return std::nullopt;
    out.push_back({at->second, &table, chosen_.contains(&table)});
  }
  return out;
}

FittedTable ImportFit::fit(const FileTable& table) {
  FittedTable fitted;
  const bool data = table.section != Section::references;
  fitted.written = data && chosen_.contains(table.table);
  fitted.table = place_of(table, fitted.written);
  if (!fitted.table) return fitted;
  fit_columns(table, fitted);
  if (fitted.written) fitted.unfilled = unfilled(*fitted.table, table.columns);
  return fitted;
}

const Table* ImportFit::place_of(const FileTable& table, bool chosen) {
  const auto at = by_name_.find(table.name);
  if (at == by_name_.end()) {
    if (chosen)
      findings_.push_back(fmt::format("table {}: the database has no such table{}", table.name,
                                      did_you_mean(table.name, names_of(by_name_))));
    return nullptr;
  }
  if (takes_rows(*at->second)) return needed_.contains(at->second) ? at->second : nullptr;
  if (chosen)
    findings_.push_back(
        fmt::format("table {}: its rows can't be written in the database, where it is "
                    "no plain table",
                    table.name));
  return nullptr;
}

void ImportFit::fit_columns(const FileTable& table, FittedTable& fitted) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i];
    const Column* column = fitted.table->find_column(name);
    if (column && !column->generated()) {
      fitted.columns.push_back(name);
      fitted.positions.push_back(i);
    } else if (fitted.written && !options_.ignore_extra_columns) {
      findings_.push_back(
          column
              ? fmt::format("column {}.{}: the database computes it", table.name, name)
              : fmt::format("column {}.{}: the database's table has no such column{}", table.name,
                            name, did_you_mean(name, fitted.table->given_columns())));
    }
  }
}

void ImportFit::note_rows(const FileTable& table, const FittedTable& fitted, std::uint64_t rows) {
  if (rows == 0) return;
  for (const std::string& column : fitted.unfilled)
    findings_.push_back(
        fmt::format("column {}.{}: the file has no value for it, and the database's "
                    "table needs one (NOT NULL, no default)",
                    table.name, column));
}

Error misfit(const std::vector<std::string>& findings) {
  const std::string what =
      findings.size() == 1
          ? "the file doesn't fit the database: " + findings.front()
          : fmt::format("the file doesn't fit the database in {1} places:{0}{2}", kLineBreak,
                        findings.size(), join(findings, std::string(1, kLineBreak)));
  return Error(ErrorKind::conflict, what)
      .hint(
          "bring the database to the version of the file, or leave tables out with --exclude, "
          "columns with --on-extra-column ignore");
}

}  // namespace dbkeeper
