#include "engines/staging/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

using Group = std::vector<std::size_t>;

std::size_t number_of(const Workspace& work, const Table* table) {
  for (std::size_t i = 0; i < work.size(); ++i)
    if (work.at(i).plan->table == table) return i;
  throw Error(ErrorKind::failed, "a table to be emptied is not in the plan");
}

std::string insert_sql(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  std::vector<std::string> values;
  for (const std::string& column : staged.data_columns) values.push_back(work.of("v", column));
  return fmt::format("{} SELECT {} FROM {} AS v WHERE {}",
                     work.dialect().insert_into(staged.table(), staged.data_columns),
                     join(values, ", "), work.rows(table, Values::final),
                     to_be_inserted(work, table, "v"));
}

// Writes a found row only if it is another as stored. Nothing if no column is to be updated.
std::optional<std::string> update_sql(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  const auto columns = staged.updated_columns();
  if (columns.empty()) return std::nullopt;
  std::vector<std::string> sets;
  for (const std::string& column : columns)
    sets.push_back(fmt::format("{} = {}", work.dialect().quoted(column), work.of("v", column)));
  return fmt::format(
      "{} AS t SET {} FROM {} AS v JOIN {} AS m ON m.n = v.{} WHERE {} AND {} AND {}",
      work.dialect().update(staged.table()), join(sets, ", "), work.rows(table, Values::final),
      work.found(table), work.n(table), work.at_address(table, "t", "m"),
      to_be_updated(work, table, "v"), work.dialect().differ(staged.table(), columns, "t", "v"));
}

// Whether merge may change what children refer to: parents and children are one write then.
bool moves_under_children(const Workspace& work, const ImportLink& link) {
  if (work.plan().mode != ImportMode::merge) return false;
  const auto updated = work.at(link.parent).updated_columns();
  return work.at(link.parent).plan->written &&
         std::any_of(link.to.begin(), link.to.end(), [&](const std::string& column) {
           return std::find(updated.begin(), updated.end(), column) != updated.end();
         });
}

// The plan's groups, but that all from a parent to a child that moves with it are one.
std::vector<Group> write_groups(const Workspace& work) {
  const auto& groups = work.plan().groups;
  std::vector<std::size_t> place(work.size());
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const std::size_t table : groups[g]) place[table] = g;
  // For each group the first one that it has to be written together with.
  std::vector<std::size_t> first(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    first[g] = g;
    for (const std::size_t table : groups[g])
      for (const ImportLink& link : work.at(table).plan->links)
        if (moves_under_children(work, link)) first[g] = std::min(first[g], place[link.parent]);
  }
  std::vector<Group> out;
  std::size_t begin = groups.size();  // of the stretch of groups that `stretch` joins
  Group stretch;
  for (std::size_t g = groups.size(); g-- > 0;) {
    stretch.insert(stretch.begin(), groups[g].begin(), groups[g].end());
    begin = std::min(begin, first[g]);
    if (begin < g) continue;
    out.insert(out.begin(), std::move(stretch));
    stretch.clear();
    begin = groups.size();
  }
  return out;
}

void delete_rows(Workspace& work) {
  for (const auto& group : work.plan().emptied) {
    std::vector<Write> writes;
    for (const Table* table : group)
      writes.push_back({table, "DELETE FROM " + work.dialect().rows_of(*table)});
    work.dialect().write(writes);
  }
}

}  // namespace

void refuse_referrers(const Workspace& work) {
  std::vector<std::string> found;
  for (const Referrer& referrer : work.plan().referrers) {
    std::vector<std::string> filled;
    for (const std::string& column : referrer.key->columns)
      filled.push_back(work.of("t", column) + " IS NOT NULL");
    work.dialect().query(
        fmt::format("SELECT count(*) FROM {} AS t WHERE {}",
                    work.dialect().rows_of(*referrer.table), join(filled, " AND ")),
        [&](const Texts& row) {
          const std::int64_t count = std::stoll(*row[0]);
          if (count > 0)
            found.push_back(fmt::format("{} of {} by {}", plural(count, "row"), referrer.name,
                                        join(referrer.key->columns, ", ")));
        });
  }
  if (found.empty()) return;
  throw Error(
      ErrorKind::conflict,
      fmt::format("tables that this import doesn't bring refer to rows that it would remove: {}",
                  join(found, "; ")))
      .table(work.plan().referrers.front().name)
      .hint("--cascade empties these tables too; or import with --mode merge");
}

void empty_tables(Workspace& work, WrittenRows& written) {
  const ImportPlan& plan = work.plan();
  if (plan.emptied.empty()) return;
  WrittenRows rows;
  for (const auto& group : plan.emptied)
    for (const Table* table : group)
      work.dialect().query("SELECT count(*) FROM " + work.dialect().rows_of(*table),
                           [&](const Texts& count) {
                             rows[number_of(work, table)].removed = std::stoll(*count[0]);
                           });
  if (!work.dialect().empty_at_once(plan)) delete_rows(work);
  written.merge(rows);
}

void write_tables(Workspace& work, WrittenRows& written) {
  for (const Group& group : write_groups(work)) {
    std::vector<Write> writes;
    std::vector<std::int64_t*> counts;
    for (const std::size_t table : group) {
      const StagedTable& staged = work.at(table);
      if (!staged.plan->written || !staged.has_data) continue;
      writes.push_back({&staged.table(), insert_sql(work, table)});
      counts.push_back(&written[table].inserted);
      if (work.plan().mode != ImportMode::merge) continue;
      if (auto update = update_sql(work, table)) {
        writes.push_back({&staged.table(), std::move(*update)});
        counts.push_back(&written[table].updated);
      }
    }
    if (writes.empty()) continue;
    const auto done = work.dialect().write(writes);
    for (std::size_t i = 0; i < counts.size(); ++i) *counts[i] = done[i];
  }
}

}  // namespace dbkeeper::staging
