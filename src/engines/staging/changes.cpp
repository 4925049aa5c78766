#include "engines/staging/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/parking.h"
#include "engines/staging/refused_row.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

using Group = std::vector<std::size_t>;

std::string insert_sql(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  std::vector<std::string> values;
  for (const std::string& column : staged.data_columns) values.push_back(work.of("v", column));
  return fmt::format("{} SELECT {} FROM {} AS v WHERE {}",
                     work.dialect().insert_into(staged.table(), staged.data_columns),
                     join(values, ", "), work.rows(table, Values::final),
                     to_be_inserted(work, table, "v"));
}

// Writes a found row only if it is another as stored. Nothing but for a merge, or if no column is
// to be updated.
std::optional<std::string> update_sql(const Workspace& work, std::size_t table) {
  if (work.plan().mode != ImportMode::merge) return std::nullopt;
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
      to_be_updated(work, table, "v"),
      fmt::format("(m.changed = 1 OR m.changed IS NULL) AND {}",
                  work.dialect().differ(staged.table(), columns, "t", "v")));
}

// Whether merge may change what children refer to: parents and children are one write then.
bool moves_under_children(const Workspace& work, const ImportLink& link) {
  if (work.plan().mode != ImportMode::merge) return false;
  const StagedTable& parent = work.at(link.parent);
  return parent.plan->written &&
         std::any_of(link.to.begin(), link.to.end(),
                     [&](const std::string& column) { return parent.is_updated(column); });
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

std::vector<std::int64_t> write(const Workspace& work, const Group& group,
                                const std::vector<Write>& writes) {
  try {
    return work.dialect().write(writes);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::conflict || writes.size() > 1) throw;
    for (const std::size_t table : group)
      if (&work.at(table).table() == writes.front().table)
        throw with_refused_row(error, work, table, writes.front());
    throw;
  }
}

}  // namespace

WrittenRows write_tables(Workspace& work) {
  WrittenRows written;
  for (const Group& group : write_groups(work)) {
    std::vector<Write> writes;
    std::vector<std::int64_t*> counts;
    for (const std::size_t table : group) {
      const StagedTable& staged = work.at(table);
      if (!staged.plan->written || !staged.has_data) continue;
      written[table] = {};
      // Before the inserts: they may want what updated rows have had.
      if (auto update = update_sql(work, table)) {
        park_values(work, table);
        writes.push_back({&staged.table(), std::move(*update)});
        counts.push_back(&written[table].updated);
      }
    }
    for (const std::size_t table : group) {
      const StagedTable& staged = work.at(table);
      if (!staged.plan->written || !staged.has_data || work.settled(table)) continue;
      writes.push_back({&staged.table(), insert_sql(work, table)});
      counts.push_back(&written[table].inserted);
    }
    if (writes.empty()) continue;
    const auto done = write(work, group, writes);
    for (std::size_t i = 0; i < counts.size(); ++i) *counts[i] = done[i];
  }
  return written;
}

}  // namespace dbkeeper::staging
