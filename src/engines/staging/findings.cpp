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

// "n, kind" and, if they are asked for, the texts of both keys: they cost more than all else.
std::string noted(const Workspace& work, std::size_t table, const std::string& old_key,
                  const std::string& new_key) {
  return fmt::format(
      "s.{} AS n, s.{} AS kind{}", work.n(table), work.kind(table),
      work.plan().tell_keys ? fmt::format(", {} AS old_key, {} AS new_key", old_key, new_key) : "");
}

// That s has another value in one of the key's columns.
std::string other_key(const Workspace& work, std::size_t table,
                      const std::vector<std::string>& values) {
  const StagedTable& staged = work.at(table);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out.push_back("NOT " + work.dialect().same(staged.column(staged.primary_key[i]),
                                               work.of("s", staged.primary_key[i]), values[i]));
  return "(" + join(out, " OR ") + ")";
}

// Rows that the database has under another key.
std::string found_under_another(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  std::vector<std::string> there;
  for (const std::string& column : staged.primary_key) there.push_back(work.of("t", column));
  return fmt::format(
      "SELECT {} FROM {} AS m JOIN {} AS s ON s.{} = m.n JOIN {} AS t ON {} WHERE {}",
      noted(work, table, key_in(work, table, "s"), key_in(work, table, "t")), work.found(table),
      work.stage(table), work.n(table), work.dialect().rows_of(staged.table()),
      work.at_address(table, "t", "m"), other_key(work, table, there));
}

// Rows that are to be inserted under another key, since their number is taken, or a link is part of
// it; empty if there can't be any.
std::string inserted_under_another(const Workspace& work, std::size_t table) {
  const StagedTable& staged = work.at(table);
  const auto key = work.becoming(table, staged.primary_key);
  if (!staged.plan->written || !key.may_change) return {};
  return fmt::format(
      "SELECT {} FROM {} WHERE {} AND {}",
      noted(work, table, key_in(work, table, "s"), work.dialect().json_array(key.values)), key.from,
      to_be_inserted(work, table, "s"), other_key(work, table, key.values));
}

void note_keys_of(Workspace& work, std::size_t table) {
  std::string sql =
      fmt::format("CREATE TABLE {} AS {}", work.keys(table), found_under_another(work, table));
  if (const auto inserted = inserted_under_another(work, table); !inserted.empty())
    sql += " UNION ALL " + inserted;
  work.dialect().run(sql);
}

std::int64_t count_remapped(const Workspace& work, std::size_t table) {
  const auto count = [&](const std::string& rows) {
    return count_rows(work.dialect(), "(" + rows + ") AS k WHERE k.kind = 0");
  };
  const std::int64_t found = count(found_under_another(work, table));
  if (work.only_numbers(table)) return found + count_rows(work.dialect(), work.numbers(table));
  const std::string inserted = inserted_under_another(work, table);
  return inserted.empty() ? found : found + count(inserted);
}

}  // namespace

void note_keys(Workspace& work) {
  if (!work.plan().tell_keys) return;
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
    counts.remapped = count_remapped(work, table);
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
