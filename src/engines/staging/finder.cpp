#include "engines/staging/finder.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/staging/conflicts.h"
#include "engines/staging/links.h"
#include "engines/staging/probe.h"
#include "engines/staging/settled.h"

namespace dbkeeper::staging {
namespace {

// One table's rows, in the steps in which they are found. Each adds to found() and says how many.
class TableFinder {
 public:
  TableFinder(Workspace& work, std::size_t table)
      : work_(work), table_(table), staged_(work.at(table)) {
    for (const Key& key : staged_.probes) probes_.emplace_back(work, table, key);
  }

  // Nameless rows are what an earlier import made of them.
  std::int64_t presume_by_map(const std::string& map) {
    return add_by_map(How::nameless_map, map,
                      fmt::format(" AND s.{} = 0{}", work_.kind(table_), and_nameless("s")));
  }

  // Others with a number that the database has too are presumed to be the same, …
  std::int64_t presume_by_number() { return add_by_number({}); }

  // … which can be told at once where references are settled already.
  std::int64_t by_number() {
    std::string led;
    for (std::size_t l = 0; l < staged_.plan->links.size(); ++l) {
      const ImportLink& link = staged_.plan->links[l];
      if (!link.key) continue;
      led += " AND NOT " + leads_away("v", l);
      for (const std::string& column : link.columns) led += " AND " + same_in(column);
    }
    return add_by_number(led);
  }

  std::int64_t by_keys() {
    std::int64_t found = 0;
    for (std::size_t p = 0; p < probes_.size(); ++p) {
      const std::string kind = staged_.probes_references[p] ? "" : "f.kind = 0 AND ";
      found += add(
          static_cast<int>(p),
          fmt::format("SELECT f.n, {} FROM {} AS f JOIN {} AS t ON {} WHERE {}{}",
                      work_.address_list(table_, "t"), probes_[p].file_rows(),
                      probes_[p].base_rows(), probes_[p].equal("f", "t"), kind, not_found("f.n")));
    }
    return found;
  }

  // A references row with its number, if all else that it carries is the same too.
  std::int64_t equal_references() {
    if (!staged_.has_references || staged_.primary_key.empty()) return 0;
    std::vector<std::string> same;
    for (const std::string& name : staged_.reference_columns) same.push_back(same_in(name));
    for (std::size_t l = 0; l < staged_.plan->links.size(); ++l)
      same.push_back(
          fmt::format("v.{} <> {}", work_.flag(table_, l), static_cast<int>(Leads::added)));
    return add(
        How::equal,
        fmt::format("SELECT v.{} AS n, {} FROM {} AS v JOIN {} AS t ON {} WHERE v.{} = 1 AND "
                    "{} AND {}",
                    work_.n(table_), work_.addressed(table_, "t"),
                    work_.rows(table_, Values::identity, true), base(), same_key("v"),
                    work_.kind(table_), join(same, " AND "), not_found("v." + work_.n(table_))));
  }

  std::int64_t by_kept_map(const std::string& map) { return add_by_map(How::kept_map, map, {}); }

  // Presumed rows weren't the same after all if a key applies to them by now, or if only the number
  // spoke for them and their references lead elsewhere.
  std::int64_t forget_wrongly_presumed() { return forget_named() + forget_led_elsewhere(); }

  // Nor if another one has found their row; to be asked of those alone that nothing else speaks
  // against, lest a wrong one pulls a right one down.
  std::int64_t forget_claimed() {
    return work_.dialect().run(
        fmt::format("DELETE FROM {0} WHERE how IN ({1}) AND n IN (SELECT m.n FROM {0} AS m JOIN "
                    "{0} AS o ON o.n <> "
                    "m.n AND {2})",
                    work_.found(table_), presumed(), work_.same_address(table_, "o", "m")));
  }

  void forget_all_but_presumed() {
    work_.dialect().run(
        fmt::format("DELETE FROM {} WHERE how NOT IN ({})", work_.found(table_), presumed()));
  }

  // Rows without any key: as many of the same as there are.
  std::int64_t as_multiset() {
    const std::string keyless = without_key();
    if (keyless.empty() || !staged_.has_data) return 0;
    Dialect& dialect = work_.dialect();
    std::string led = " AND " + keyless;
    for (std::size_t l = 0; l < staged_.plan->links.size(); ++l)
      led += " AND NOT " + leads_away("v", l);
    const auto image = [&](std::string_view alias) {
      return dialect.image(staged_.table(), staged_.data_columns, alias);
    };
    const std::string order = join(dialect.address(staged_.table(), "t"), ", ");
    return add(
        How::multiset,
        fmt::format("SELECT f.n, {} FROM (SELECT v.{} AS n, {} AS image, row_number() OVER "
                    "(PARTITION BY {} "
                    "ORDER BY v.{}) AS i FROM {} AS v WHERE v.{} = 0 AND {} AND {}{}) AS f JOIN "
                    "(SELECT {}, "
                    "{} AS image, row_number() OVER (PARTITION BY {} ORDER BY {}) AS i FROM {} AS "
                    "t WHERE {}) "
                    "AS b ON f.image = b.image AND f.i = b.i",
                    work_.address_list(table_, "b"), work_.n(table_), image("v"), image("v"),
                    work_.n(table_), work_.rows(table_, Values::identity, true), work_.kind(table_),
                    in_rows("v", nameless(work_, table_)), not_found("v." + work_.n(table_)), led,
                    work_.addressed(table_, "t"), image("t"), image("t"), order, base(),
                    unclaimed("t")));
  }

 private:
  // The condition on v that a row has no primary key, or a NULL in it, which SQLite allows; empty
  // if every row has one.
  std::string without_key() const {
    if (staged_.primary_key.empty()) return "1 = 1";
    std::vector<std::string> nulls;
    for (const std::string& column : staged_.primary_key)
      if (staged_.column(column).nullable) nulls.push_back(work_.of("v", column) + " IS NULL");
    return nulls.empty() ? std::string() : "(" + join(nulls, " OR ") + ")";
  }

  static std::string presumed() {
    return fmt::format("{}, {}", static_cast<int>(How::number),
                       static_cast<int>(How::nameless_map));
  }

  // To a row that the database doesn't have.
  std::string leads_away(std::string_view alias, std::size_t link) const {
    return fmt::format("{}.{} IN ({}, {})", alias, work_.flag(table_, link),
                       static_cast<int>(Leads::added), static_cast<int>(Leads::missing));
  }

  // What their references lead to may have given them a name.
  std::int64_t forget_named() {
    return work_.dialect().run(fmt::format(
        "DELETE FROM {0} WHERE how IN ({1}) AND n NOT IN (SELECT w.{2} FROM {3} AS w WHERE {4})",
        work_.found(table_), presumed(), work_.n(table_),
        work_.rows(table_, Values::identity, true), nameless(work_, table_)));
  }

  std::int64_t forget_led_elsewhere() {
    if (work_.plan().identity != Identity::other_source || !staged_.numbered_key) return 0;
    std::vector<std::string> wrong;
    for (std::size_t l = 0; l < staged_.plan->links.size(); ++l) {
      const ImportLink& link = staged_.plan->links[l];
      if (!link.key) continue;
      wrong.push_back(leads_away("v", l));
      for (const std::string& column : link.columns) wrong.push_back("NOT " + same_in(column));
    }
    if (wrong.empty()) return 0;
    return work_.dialect().run(fmt::format(
        "DELETE FROM {0} WHERE how = {1} AND n IN (SELECT m.n FROM {0} AS m JOIN {2} AS v ON v.{3} "
        "= "
        "m.n JOIN {4} AS t ON {5} WHERE m.how = {1} AND ({6}))",
        work_.found(table_), static_cast<int>(How::number),
        work_.rows(table_, Values::identity, true), work_.n(table_), base(),
        work_.at_address(table_, "t", "m"), join(wrong, " OR ")));
  }

  std::int64_t add_by_number(const std::string& condition) {
    if (work_.plan().identity != Identity::other_source || !staged_.numbered_key) return 0;
    return add(How::number,
               fmt::format("SELECT v.{} AS n, {} FROM {} AS v JOIN {} AS t ON {} WHERE v.{} = 0{} "
                           "AND {} AND {}{}",
                           work_.n(table_), work_.addressed(table_, "t"),
                           work_.rows(table_, Values::identity, true), base(), same_key("v"),
                           work_.kind(table_), and_nameless("v"), not_found("v." + work_.n(table_)),
                           unclaimed("t"), condition));
  }

  std::string base() const { return work_.dialect().rows_of(staged_.table()); }

  // Rows of the kept map whose row is still there and nobody else's.
  std::int64_t add_by_map(How how, const std::string& map, const std::string& condition) {
    if (map.empty() || staged_.primary_key.empty()) return 0;
    Dialect& dialect = work_.dialect();
    std::vector<std::string> file, there;
    for (const std::string& column : staged_.primary_key) {
      file.push_back(work_.of("s", column));
      there.push_back(work_.of("t", column));
    }
    return add(
        how,
        fmt::format("SELECT s.{} AS n, {} FROM {} AS s JOIN {} AS e ON e.source = {} AND "
                    "e.{} = {} AND e.old_key = {} JOIN {} AS t ON {} = e.new_key WHERE {} AND {}",
                    work_.n(table_), work_.addressed(table_, "t"), work_.stage(table_), map,
                    dialect.literal(work_.plan().source), dialect.quoted("table"),
                    dialect.literal(staged_.plan->name), dialect.json_array(file), base(),
                    dialect.json_array(there), not_found("s." + work_.n(table_)),
                    unclaimed("t") + condition));
  }

  // That no key applies to a row.
  std::string and_nameless(std::string_view alias) const {
    return staged_.probes.empty() ? "" : " AND " + in_rows(alias, nameless(work_, table_));
  }

  // A condition about rows() says its columns bare: it has to be asked where nothing else has them.
  std::string in_rows(std::string_view alias, const std::string& condition) const {
    const std::string n = work_.n(table_);
    return fmt::format("{3}.{0} IN (SELECT {0} FROM {1} AS w WHERE {2})", n,
                       work_.rows(table_, Values::identity, true), condition, alias);
  }

  std::string same_in(const std::string& column) const {
    return work_.dialect().same(staged_.column(column), work_.of("v", column),
                                work_.of("t", column));
  }

  // The row under `file` has the primary key of the database's under t.
  std::string same_key(const std::string& file) const {
    const Key& key = *staged_.table().primary_key;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < key.parts.size(); ++i)
      parts.push_back(work_.dialect().key_equal(staged_.table(), key, i,
                                                work_.of(file, key.parts[i].column),
                                                work_.of("t", key.parts[i].column)));
    return join(parts, " AND ");
  }

  std::string not_found(const std::string& n) const {
    return fmt::format("NOT EXISTS (SELECT 1 FROM {} AS m WHERE m.n = {})", work_.found(table_), n);
  }

  // Nobody has found the database's row under `target`.
  std::string unclaimed(const std::string& target) const {
    return fmt::format("NOT EXISTS (SELECT 1 FROM {} AS m WHERE {})", work_.found(table_),
                       work_.at_address(table_, target, "m"));
  }

  std::int64_t add(How how, const std::string& rows) { return add(static_cast<int>(how), rows); }
  // `rows`: n, a0…
  std::int64_t add(int how, const std::string& rows) {
    return work_.dialect().run(fmt::format("INSERT INTO {} SELECT x.n, {}, NULL, {} FROM ({}) AS x",
                                           work_.found(table_), how,
                                           work_.address_list(table_, "x"), rows));
  }

  Workspace& work_;
  const std::size_t table_;
  const StagedTable& staged_;
  std::vector<Probe> probes_;
};

bool is_circular(const Workspace& work, const std::vector<std::size_t>& group) {
  return std::any_of(group.begin(), group.end(), [&](std::size_t table) {
    const auto& links = work.at(table).plan->links;
    return std::any_of(links.begin(), links.end(), [&](const ImportLink& link) {
      return std::find(group.begin(), group.end(), link.parent) != group.end();
    });
  });
}

class GroupFinder {
 public:
  GroupFinder(Workspace& work, const std::vector<std::size_t>& group)
      : work_(work), group_(group), circular_(is_circular(work, group)) {
    for (const std::size_t table : group)
      // Rows of a table that is to be emptied are as good as gone.
      if (!work.at(table).emptied) finders_.emplace_back(work, table);
  }

  void find() {
    const bool mapped = work_.plan().identity == Identity::other_source ||
                        work_.plan().identity == Identity::natural;
    if (mapped) map_ = work_.dialect().kept_map();
    resolve();
    if (!circular_) return find_once();
    for (TableFinder& finder : finders_) finder.presume_by_map(map_);
    for (TableFinder& finder : finders_) finder.presume_by_number();
    analyze();
    while (true) {
      saturate();
      analyze();
      std::int64_t wrong = 0;
      for (TableFinder& finder : finders_) wrong += finder.forget_wrongly_presumed();
      if (wrong == 0)
        for (TableFinder& finder : finders_) wrong += finder.forget_claimed();
      if (wrong == 0) break;
      for (TableFinder& finder : finders_) finder.forget_all_but_presumed();
    }
    std::int64_t found = 0;
    for (TableFinder& finder : finders_) found += finder.as_multiset();
    if (found > 0) resolve();
    analyze();
  }

 private:
  void analyze() {
    for (const std::size_t table : group_) work_.dialect().analyze(Workspace::bare('m', table));
  }

  void resolve() {
    for (const std::size_t table : group_) resolve_by_identity(work_, table);
  }

  // Where everything that a table refers to is known.
  void find_once() {
    for (TableFinder& finder : finders_) {
      const std::int64_t presumed = finder.presume_by_map(map_) + finder.by_number();
      analyze();
      const std::int64_t found =
          finder.by_keys() + finder.equal_references() + finder.by_kept_map(map_);
      if (presumed > 0 && found > 0) finder.forget_claimed();
      finder.as_multiset();
    }
    analyze();
  }

  // In a circle each row found may let others be found. The links are those of all that was found.
  void saturate() {
    while (true) {
      resolve();
      std::int64_t found = 0;
      for (TableFinder& finder : finders_) found += finder.by_keys();
      if (found > 0) continue;
      for (TableFinder& finder : finders_)
        found += finder.equal_references() + finder.by_kept_map(map_);
      if (found == 0) return;
    }
  }

  Workspace& work_;
  const std::vector<std::size_t>& group_;
  const bool circular_;
  std::vector<TableFinder> finders_;
  std::string map_;
};

}  // namespace

void find_group(Workspace& work, const std::vector<std::size_t>& group) {
  if (settle_as_expected(work, group)) return;
  for (const std::size_t table : group) work.create_links(table);
  GroupFinder(work, group).find();
  for (const std::size_t table : group) refuse_conflicts(work, table);
  settle_as_found(work, group);
}

}  // namespace dbkeeper::staging
