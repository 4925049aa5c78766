#include "engines/staging/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/questions.h"
#include "engines/staging/row_names.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

// Rows to be inserted whose primary key a row of the database has: v with all columns.
std::string taken(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  const Key& key = *staged.table().primary_key;
  std::vector<std::string> same;
  for (std::size_t i = 0; i < key.parts.size(); ++i)
    same.push_back(work.dialect().key_equal(staged.table(), key, i,
                                            work.of("v", key.parts[i].column),
                                            work.of("t", key.parts[i].column)));
  // Nobody refers to a row that isn't there yet.
  std::string led;
  for (std::size_t l = 0; l < staged.plan->links.size(); ++l) {
    const auto& columns = staged.plan->links[l].columns;
    if (std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
          return std::find(staged.primary_key.begin(), staged.primary_key.end(), column) !=
                 staged.primary_key.end();
        }))
      led += fmt::format(" AND v.{} NOT IN ({}, {})", work.flag(table, l),
                         static_cast<int>(Leads::added), static_cast<int>(Leads::missing));
  }
  return fmt::format("{} AS v WHERE {}{} AND EXISTS (SELECT 1 FROM {} AS t WHERE {})",
                     work.rows(table, led.empty() ? Values::file : Values::identity),
                     to_be_inserted(work, table, "v"), led, work.dialect().rows_of(staged.table()),
                     join(same, " AND "));
}

void refuse_taken(const Workspace& work, std::size_t table) {
  std::optional<std::string> row;
  work.dialect().query(
      fmt::format("SELECT v.{} FROM {} ORDER BY 1 LIMIT 1", work.n(table), taken(work, table)),
      [&](const Texts& texts) { row = texts[0]; });
  if (!row) return;
  throw Error(
      ErrorKind::conflict,
      fmt::format("{} of the file is a new row, but its primary key is taken by another row "
                  "of the database",
                  name_of_row(work, table, *row)))
      .table(work.at(table).plan->name)
      .hint("leave the row out, or say with --identity or --match what a row is");
}

}  // namespace

std::int64_t highest_number(const Workspace& work, std::size_t table, const std::string& column) {
  const std::string quoted = work.dialect().quoted(column);
  const auto there =
      number(work.dialect(), fmt::format("SELECT max({}) FROM {} AS t", quoted,
                                         work.dialect().rows_of(work.at(table).table())));
  const auto file =
      number(work.dialect(), fmt::format("SELECT max({}) FROM {} AS s", quoted, work.stage(table)));
  return std::max({there.value_or(0), file.value_or(0), std::int64_t{0}});
}

void give_numbers(Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  if (!staged.plan->written || staged.primary_key.empty() || staged.emptied || work.settled(table))
    return;
  if (!staged.numbered) return refuse_taken(work, table);
  Dialect& dialect = work.dialect();
  const std::string n = work.n(table);
  if (!number(dialect, fmt::format("SELECT v.{} FROM {} LIMIT 1", n, taken(work, table)))) return;
  const std::string next = dialect.new_number(
      staged.table(), *staged.numbered, highest_number(work, table, staged.numbered->name), "x.n");
  dialect.run(fmt::format(
      "INSERT INTO {} SELECT x.n, {}, x.was FROM (SELECT v.{} AS n, {} AS was FROM {} "
      "ORDER BY v.{}) AS x",
      work.numbers(table), next, n, work.of("v", staged.numbered->name), taken(work, table), n));
  dialect.analyze(Workspace::bare('i', table));
}

// Where rows were given new numbers, the database gives out none up to the file's any more.
void keep_numbers(Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  if (!staged.plan->written || work.settled(table)) return;
  for (const std::string& name : staged.data_columns) {
    const Column& column = staged.column(name);
    if (!column.numbered() || column.type.family != Family::integer) continue;
    if (&column == staged.numbered && has_rows(work.dialect(), work.numbers(table))) continue;
    const auto now = work.becoming(table, {name});
    const auto most =
        number(work.dialect(), fmt::format("SELECT max({}) FROM {} WHERE {}", now.values[0],
                                           now.from, to_be_inserted(work, table, "s")));
    if (most) work.dialect().advance(staged.table(), column, *most);
  }
}

}  // namespace dbkeeper::staging
