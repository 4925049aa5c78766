#include "engines/staging/conflicts.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/staging/probe.h"
#include "engines/staging/row_names.h"

namespace dbkeeper::staging {
namespace {

constexpr std::string_view kTellWhich =
    "make the rows agree, leave one of them out, or say with --identity or --match what a row is";

class Conflicts {
 public:
  Conflicts(const Workspace& work, std::size_t table)
      : work_(work), table_(table), staged_(work.at(table)) {}

  // A key that isn't unique in the database, or two that lead to two rows.
  void two_rows_of_the_database() const {
    const auto row = first(fmt::format(
        "SELECT a.n, a.how, b.how, {}, {} FROM {} AS a JOIN {} AS b ON a.n = b.n WHERE NOT {}",
        literals("a"), literals("b"), work_.found(table_), work_.found(table_),
        work_.same_address(table_, "a", "b")));
    if (row) refuse_two(*row, way(*(*row)[1]), way(*(*row)[2]), 3);
    if (work_.plan().identity == Identity::key) return;
    for (std::size_t p = 0; p < staged_.probes.size(); ++p) another_way(p);
  }

  void two_rows_of_the_file_for_one() const {
    const auto row =
        first(fmt::format("SELECT a.n, b.n, {} FROM {} AS a JOIN {} AS b ON a.n < b.n "
                          "AND {}",
                          literals("a"), work_.found(table_), work_.found(table_),
                          work_.same_address(table_, "a", "b")));
    if (!row) return;
    refuse(fmt::format("{} and {} of the file are both the row {} of the database",
                       name_of_row(work_, table_, *(*row)[0]),
                       name_of_row(work_, table_, *(*row)[1]), target(*row, 2)));
  }

  void equal_by_a_key() const {
    for (const Key& key : staged_.probes) {
      const Probe probe(work_, table_, key);
      const auto row = first(
          fmt::format("SELECT a.n, b.n FROM {0} AS a JOIN {0} AS b ON {1} AND a.n < "
                      "b.n AND {2}",
                      probe.applicable_rows(), probe.equal("a", "b"), probe.same_leads("a", "b")));
      if (row) refuse_doubles(*row, name_of_key(key));
    }
  }

  // Rows of the file that agree in these columns, as they came.
  void equal_in(const std::vector<std::string>& columns) const {
    const Key key = key_of(columns);
    std::vector<std::string> same;
    for (std::size_t i = 0; i < columns.size(); ++i)
      same.push_back(work_.dialect().key_equal(staged_.table(), key, i, work_.of("a", columns[i]),
                                               work_.of("b", columns[i])));
    const auto row = first(
        fmt::format("SELECT a.{0}, b.{0} FROM {1} AS a JOIN {1} AS b ON {2} AND a.{0} < b.{0}",
                    work_.n(table_), work_.stage(table_), join(same, " AND ")));
    if (row) refuse_doubles(*row, join(columns, ", "));
  }

 private:
  // Of the rows that `sql` gives the one with the lowest first column. A mere LIMIT would have a
  // planner expect to find one at once, where mostly there is none.
  std::optional<Texts> first(const std::string& sql) const {
    std::optional<Texts> out;
    work_.dialect().query(sql + " ORDER BY 1 LIMIT 1", [&](const Texts& row) { out = row; });
    return out;
  }

  // The table's own key of these columns, or one that is made up.
  Key key_of(const std::vector<std::string>& columns) const {
    const Table& table = staged_.table();
    const auto fits = [&](const Key& key) {
      return !key.has_expression() && key.predicate.empty() && key.columns() == columns;
    };
    Key found;
    const auto at = std::find_if(table.unique.begin(), table.unique.end(), fits);
    if (table.primary_key && fits(*table.primary_key))
      found = *table.primary_key;
    else if (at != table.unique.end())
      found = *at;
    else
      for (const std::string& column : columns) found.parts.push_back({column, {}, {}});
    found.nulls_not_distinct = false;
    return found;
  }

  // Which other row of the database a key leads to.
  void another_way(std::size_t p) const {
    const Probe probe(work_, table_, staged_.probes[p]);
    const std::string kind = staged_.probes_references[p] ? "" : " AND f.kind = 0";
    const auto row = first(fmt::format(
        "SELECT f.n, m.how, {}, {} FROM {} AS f JOIN {} AS m ON m.n = f.n JOIN {} AS t ON {} WHERE "
        "NOT {}{}",
        literals("m"), literals("t"), probe.file_rows(), work_.found(table_), probe.base_rows(),
        probe.equal("f", "t"), work_.same_address(table_, "m", "t"), kind));
    if (row) refuse_two(*row, way(*(*row)[1]), name_of_key(staged_.probes[p]), 2);
  }

  // The address under an alias as literals of SQL, one text.
  std::string literals(std::string_view alias) const {
    std::vector<std::string> out;
    for (std::size_t a = 0; a < work_.address_size(table_); ++a)
      out.push_back(work_.dialect().sql_literal(fmt::format("{}.a{}", alias, a)));
    return join(out, ", ");
  }

  // The database's row whose address stands in a result from `at` on.
  std::string target(const Texts& row, std::size_t at) const {
    std::vector<std::string> where;
    const auto parts = work_.dialect().address(staged_.table(), "x");
    for (std::size_t a = 0; a < parts.size(); ++a)
      where.push_back(fmt::format("{} = {}", parts[a], row[at + a].value_or("NULL")));
    return name_of_target(work_, table_, join(where, " AND "));
  }

  std::string way(const std::string& how) const { return name_of_way(staged_, std::stoll(how)); }

  [[noreturn]] void refuse_two(const Texts& row, const std::string& one, const std::string& other,
                               std::size_t at) const {
    refuse(fmt::format("{} of the file is two rows of the database: {} by {}, and {} by {}",
                       name_of_row(work_, table_, *row[0]), target(row, at), one,
                       target(row, at + work_.address_size(table_)), other));
  }

  [[noreturn]] void refuse_doubles(const Texts& row, const std::string& key) const {
    refuse(fmt::format("{} and {} of the file are the same by {}",
                       name_of_row(work_, table_, *row[0]), name_of_row(work_, table_, *row[1]),
                       key));
  }

  [[noreturn]] void refuse(std::string message) const {
    throw Error(ErrorKind::conflict, std::move(message))
        .table(staged_.plan->name)
        .hint(std::string(kTellWhich));
  }

  const Workspace& work_;
  const std::size_t table_;
  const StagedTable& staged_;
};

}  // namespace

void refuse_conflicts(const Workspace& work, std::size_t table) {
  if (work.at(table).emptied) return;
  const Conflicts conflicts(work, table);
  conflicts.two_rows_of_the_database();
  conflicts.equal_by_a_key();
  conflicts.two_rows_of_the_file_for_one();
}

void refuse_doubles(const Workspace& work, std::size_t table) {
  const Conflicts conflicts(work, table);
  const bool differ = work.at(table).ascending_keys && !work.at(table).has_references;
  if (!work.at(table).primary_key.empty() && !differ)
    conflicts.equal_in(work.at(table).primary_key);
  for (const std::vector<std::string>& columns : work.targets(table))
    if (columns != work.at(table).primary_key) conflicts.equal_in(columns);
}

}  // namespace dbkeeper::staging
