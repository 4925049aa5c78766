#include "engines/staging/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/staging/missing.h"
#include "engines/staging/questions.h"
#include "engines/staging/row_names.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

std::string key_in(const Workspace& work, std::size_t table, std::string_view alias) {
  std::vector<std::string> columns;
  for (const std::string& column : work.at(table).primary_key)
    columns.push_back(work.of(alias, column));
  return work.dialect().json_array(columns);
}

// The rows as `v`, those that are to be updated or left alone.
std::string found_rows(const Workspace& work, std::size_t table) {
  return fmt::format("{} AS v WHERE {}", work.rows(table, Values::final),
                     to_be_updated(work, table, "v"));
}

// Rows that a number alone has found, and that differ from it.
std::int64_t same_number_alone(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  if (work.plan().identity != Identity::other_source || !staged.numbered_key) return 0;
  const std::string presumed =
      fmt::format("{} AS m WHERE m.how = {}", work.found(table), static_cast<int>(How::number));
  if (count_rows(work.dialect(), presumed) == 0) return 0;
  if (work.settled(table) && count_rows(work.dialect(), presumed + " AND m.changed IS NULL") == 0)
    return count_rows(work.dialect(), presumed + " AND m.changed = 1");
  return count_rows(
      work.dialect(),
      fmt::format("{} AS v JOIN {} AS m ON m.n = v.{} JOIN {} AS t ON {} WHERE m.how = {} "
                  "AND {}",
                  work.rows(table, Values::identity), work.found(table), work.n(table),
                  work.dialect().rows_of(staged.table()), work.at_address(table, "t", "m"),
                  static_cast<int>(How::number),
                  work.dialect().differ(staged.table(), staged.data_columns, "t", "v")));
}

// Whether a key may have become another: a row was found, or numbered anew, or follows a link.
bool may_change_keys(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  return std::any_of(staged.primary_key.begin(), staged.primary_key.end(),
                     [&](const std::string& column) { return staged.links(column); }) ||
         count_rows(work.dialect(), work.found(table) + " AS m") > 0 ||
         (work.has_numbers(table) && count_rows(work.dialect(), work.numbers(table) + " AS i") > 0);
}

// Texts only if they are asked for: they cost more than all else.
void note_keys_of(Workspace& work, std::size_t i) {
  const StagedTable& staged = work.at(i);
  const std::string n = work.n(i);
  std::vector<std::string> changed;
  for (const std::string& column : staged.primary_key)
    changed.push_back("NOT " +
                      work.dialect().same(staged.column(column), work.of("s", column),
                                          fmt::format("CASE WHEN m.n IS NULL THEN {} ELSE {} END",
                                                      work.of("v", column), work.of("t", column))));
  const std::string lasts =
      staged.plan->written ? fmt::format("(m.n IS NOT NULL OR ({}))", to_be_inserted(work, i, "v"))
                           : std::string("m.n IS NOT NULL");
  const std::string texts =
      work.plan().tell_keys
          ? fmt::format(", {} AS old_key, CASE WHEN m.n IS NULL THEN {} ELSE {} END AS new_key",
                        key_in(work, i, "s"), key_in(work, i, "v"), key_in(work, i, "t"))
          : std::string();
  work.dialect().run(fmt::format(
      "CREATE TABLE {} AS SELECT s.{} AS n, s.{} AS kind{} FROM {} AS s JOIN {} AS v ON v.{} = "
      "s.{} LEFT JOIN {} AS m ON m.n = s.{} LEFT JOIN {} AS t ON {} WHERE {} AND ({}){}",
      work.keys(i), n, work.kind(i), texts, work.stage(i), work.rows(i, Values::final), n, n,
      work.found(i), n, work.dialect().rows_of(staged.table()), work.at_address(i, "t", "m"), lasts,
      join(changed, " OR "), may_change_keys(work, i) ? "" : " LIMIT 0"));
}

}  // namespace

void note_keys(Workspace& work) {
  for (std::size_t i = 0; i < work.size(); ++i)
    if (!work.at(i).primary_key.empty() && !work.settled(i)) note_keys_of(work, i);
}

ImportCounts count_found(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  ImportCounts counts;
  if (!staged.plan->written || !staged.has_data) return counts;
  counts.rows = count_rows(
      work.dialect(), fmt::format("{} AS s WHERE s.{} = 0", work.stage(table), work.kind(table)));
  if (work.has_dropped(table))
    counts.dropped = count_rows(work.dialect(), work.dropped(table) + " AS d");
  const std::int64_t found =
      work.settled(table) ? counts.rows : count_rows(work.dialect(), found_rows(work, table));
  (work.plan().mode == ImportMode::merge ? counts.unchanged : counts.skipped) = found;
  if (!staged.primary_key.empty() && !work.settled(table))
    counts.remapped = count_rows(work.dialect(), work.keys(table) + " AS k WHERE k.kind = 0");
  counts.nulled = count_nulled(work, table);
  counts.same_number_alone = same_number_alone(work, table);
  return counts;
}

ImportMatches find_matches(const Workspace& work, std::size_t table, std::size_t most) {
  const StagedTable& staged = work.at(table);
  ImportMatches out;
  const std::string found = work.found(table);
  work.dialect().query(
      fmt::format("SELECT m.how, count(*) FROM {} AS m GROUP BY m.how ORDER BY m.how", found),
      [&](const Texts& row) {
        out.counts.push_back({name_of_way(staged, std::stoll(*row[0])), std::stoll(*row[1])});
      });
  const bool keyed = !staged.primary_key.empty();
  const std::string old_key = keyed ? key_in(work, table, "s") : work.dialect().literal("");
  const std::string new_key = keyed ? key_in(work, table, "t") : work.dialect().literal("");
  work.dialect().query(
      fmt::format(
          "SELECT {}, {}, m.how FROM {} AS m JOIN {} AS s ON s.{} = m.n JOIN {} AS t ON {} ORDER "
          "BY m.n LIMIT {}",
          old_key, new_key, found, work.stage(table), work.n(table),
          work.dialect().rows_of(staged.table()), work.at_address(table, "t", "m"), most),
      [&](const Texts& row) {
        out.first.push_back(
            {row[0].value_or(""), row[1].value_or(""), name_of_way(staged, std::stoll(*row[2]))});
      });
  return out;
}

void give_keys(const Workspace& work, std::size_t table,
               const std::function<void(std::string_view, std::string_view)>& take) {
  if (work.at(table).primary_key.empty() || work.settled(table)) return;
  work.dialect().query(
      fmt::format("SELECT k.old_key, k.new_key FROM {} AS k ORDER BY k.n", work.keys(table)),
      [&](const Texts& row) { take(*row[0], *row[1]); });
}

}  // namespace dbkeeper::staging
