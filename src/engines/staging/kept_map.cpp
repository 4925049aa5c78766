#include "engines/staging/kept_map.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "engines/staging/probe.h"
#include "engines/staging/questions.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

// Rows of the file under `alias`, by their n, to which no key applies; empty if that is all of
// them.
std::string only_nameless(const Workspace& work, std::size_t table, const std::string& number) {
  if (work.at(table).probes.empty()) return {};
  return fmt::format("{} IN (SELECT {} FROM {} AS w WHERE {})", number, work.n(table),
                     work.rows(table, Values::identity, true), nameless(work, table));
}

std::string numbers_given(const Workspace& work, std::size_t table) {
  const std::string named = only_nameless(work, table, "i.n");
  return fmt::format("SELECT {} AS old_key, {} AS new_key FROM {} AS i{}",
                     work.dialect().json_integer("i.was"), work.dialect().json_integer("i.number"),
                     work.numbers(table), named.empty() ? "" : " WHERE " + named);
}

// old_key, new_key of a table's rows that are to be kept; empty if there can't be any.
std::string entries(const Workspace& work, std::size_t table) {
  const bool all = work.plan().identity == Identity::natural;
  if (!all && work.only_numbers(table)) return numbers_given(work, table);
  std::vector<std::string> old_key;
  for (const std::string& column : work.at(table).primary_key)
    old_key.push_back(work.of("s", column));
  const auto key = work.becoming(table, work.at(table).primary_key);
  if (!all && !key.may_change) return {};
  const std::string named = only_nameless(work, table, "s." + work.n(table));
  return fmt::format(
      "SELECT x.old_key, x.new_key FROM (SELECT {} AS old_key, {} AS new_key FROM {} WHERE {}{}) "
      "AS x{}",
      work.dialect().json_array(old_key), work.dialect().json_array(key.values), key.from,
      to_be_inserted(work, table, "s"), named.empty() ? "" : " AND " + named,
      all ? "" : " WHERE x.old_key <> x.new_key");
}

std::string run_name(std::chrono::system_clock::time_point now) {
  return fmt::format("{}-{}", file_stamp(now), getpid());
}

void add_entries(Workspace& work, const std::string& name, const std::string& kept,
                 std::chrono::system_clock::time_point now) {
  Dialect& dialect = work.dialect();
  const std::string map = dialect.make_kept_map();
  const std::string source = dialect.literal(work.plan().source);
  const std::string table = dialect.literal(name);
  const std::string of_table =
      fmt::format("{} WHERE source = {} AND {} = {}", map, source, dialect.quoted("table"), table);
  if (has_rows(dialect, of_table))
    dialect.run(fmt::format("DELETE FROM {} AND old_key IN (SELECT e.old_key FROM {} AS e)",
                            of_table, kept));
  dialect.run(fmt::format(
      "INSERT INTO {} (source, {}, old_key, new_key, at, run) SELECT {}, {}, e.old_key, e.new_key, "
      "{}, {} FROM {} AS e",
      map, dialect.quoted("table"), source, table, dialect.literal(rfc3339(now)),
      dialect.literal(run_name(now)), kept));
}

}  // namespace

void forget_emptied(Dialect& dialect, const ImportPlan& plan) {
  std::vector<std::string> names;
  for (const ImportTable& table : plan.tables)
    if (plan.empties(*table.table)) names.push_back(dialect.literal(table.name));
  if (names.empty()) return;
  const std::string map = dialect.kept_map();
  if (!map.empty())
    dialect.run(fmt::format("DELETE FROM {} WHERE {} IN ({})", map, dialect.quoted("table"),
                            join(names, ", ")));
}

void keep_map(Workspace& work) {
  const Identity identity = work.plan().identity;
  if (!work.plan().keep_map ||
      (identity != Identity::other_source && identity != Identity::natural))
    return;
  Dialect& dialect = work.dialect();
  const auto now = std::chrono::system_clock::now();
  for (std::size_t i = 0; i < work.size(); ++i) {
    const StagedTable& staged = work.at(i);
    if (!staged.plan->written || !staged.has_data || staged.primary_key.empty() || work.settled(i))
      continue;
    const std::string rows = entries(work, i);
    if (rows.empty()) continue;
    const std::string kept = dialect.temp("dbkeeper_kept");
    dialect.run(fmt::format("CREATE TABLE {} AS {}", kept, rows));
    if (has_rows(dialect, kept)) add_entries(work, staged.plan->name, kept, now);
    dialect.run("DROP TABLE " + kept);
  }
}

}  // namespace dbkeeper::staging
