#include "engines/staging/kept_map.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/utc.h"
#include "engines/staging/probe.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

std::string keys_of(const Workspace& work, std::size_t table, std::string_view alias) {
  std::vector<std::string> columns;
  for (const std::string& column : work.at(table).primary_key)
    columns.push_back(work.of(alias, column));
  return work.dialect().json_array(columns);
}

// old_key, new_key of a table's rows that are to be kept.
std::string entries(const Workspace& work, std::size_t table) {
  const std::string n = work.n(table);
  const bool all = work.plan().identity == Identity::natural;
  return fmt::format(
      "SELECT x.old_key, x.new_key FROM (SELECT {0} AS old_key, {1} AS new_key FROM {2} AS s JOIN "
      "{3} AS "
      "v ON v.{4} = s.{4} WHERE {5} AND s.{4} IN (SELECT {4} FROM {6} AS w WHERE {7})) AS x{8}",
      keys_of(work, table, "s"), keys_of(work, table, "v"), work.stage(table),
      work.rows(table, Values::final), n, to_be_inserted(work, table, "v"),
      work.rows(table, Values::identity, true), nameless(work, table),
      all ? "" : " WHERE x.old_key <> x.new_key");
}

bool any(Dialect& dialect, const std::string& sql) {
  bool found = false;
  dialect.query(sql + " ORDER BY 1 LIMIT 1", [&](const Texts&) { found = true; });
  return found;
}

std::string run_name(std::chrono::system_clock::time_point now) {
  return fmt::format("{}-{}", file_stamp(now), getpid());
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
    if (!any(dialect, entries(work, i))) continue;
    const std::string map = dialect.make_kept_map();
    const std::string source = dialect.literal(work.plan().source);
    const std::string table = dialect.literal(staged.plan->name);
    dialect.run(
        fmt::format("DELETE FROM {} WHERE source = {} AND {} = {} AND old_key IN (SELECT "
                    "e.old_key FROM ({}) AS e)",
                    map, source, dialect.quoted("table"), table, entries(work, i)));
    dialect.run(
        fmt::format("INSERT INTO {} (source, {}, old_key, new_key, at, run) SELECT {}, {}, "
                    "e.old_key, e.new_key, {}, {} FROM ({}) AS e",
                    map, dialect.quoted("table"), source, table, dialect.literal(rfc3339(now)),
                    dialect.literal(run_name(now)), entries(work, i)));
  }
}

}  // namespace dbkeeper::staging
