#include "engines/staging/settled.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dbkeeper/base/text.h"
#include "engines/staging/questions.h"

namespace dbkeeper::staging {
namespace {

// So many rows tell whether it is worth to look at the rest.
constexpr std::int64_t kSample = 1000;

using Group = std::vector<std::size_t>;

bool contains(const Group& group, std::size_t table) {
  return std::find(group.begin(), group.end(), table) != group.end();
}

class Expectation {
 public:
  Expectation(Workspace& work, std::size_t table)
      : work_(work), table_(table), staged_(work.at(table)) {}

  // Nothing but keys and numbers decides about the table's rows, as far as that can be told without
  // a look at them.
  bool is_simple(const Group& group) const {
    if (staged_.emptied || staged_.has_references) return false;
    if (!staged_.has_data) return true;
    if (staged_.primary_key.empty() || !compares_as_key()) return false;
    return std::all_of(staged_.probes.begin(), staged_.probes.end(),
                       [&](const Key& key) { return is_plain(key) && !goes_round(key, group); });
  }

  bool parents_are_settled(const Group& group) const {
    const auto& links = staged_.plan->links;
    return std::all_of(links.begin(), links.end(), [&](const ImportLink& link) {
      return work_.settled(link.parent) || contains(group, link.parent);
    });
  }

  bool may_be_mapped(const std::string& map) const {
    if (map.empty() || !staged_.has_data) return false;
    Dialect& dialect = work_.dialect();
    return has_rows(work_.dialect(),
                    fmt::format("{} AS e WHERE e.source = {} AND e.{} = {}", map,
                                dialect.literal(work_.plan().source), dialect.quoted("table"),
                                dialect.literal(staged_.plan->name)));
  }

  bool sample_is_as_expected() const {
    if (!staged_.has_data) return true;
    const std::string few = fmt::format("s.{} <= {}", work_.n(table_), kSample);
    return count_rows(work_.dialect(), matches() + " AND " + few) ==
           count_rows(work_.dialect(), fmt::format("{} AS s WHERE {}", work_.stage(table_), few));
  }

  bool references_are_in_file() const {
    for (const ImportLink& link : staged_.plan->links) {
      std::vector<std::string> filled, same;
      const StagedTable& parent = work_.at(link.parent);
      for (std::size_t i = 0; i < link.columns.size(); ++i) {
        const std::string child = work_.of("s", link.columns[i]);
        filled.push_back(child + " IS NOT NULL");
        same.push_back(work_.dialect().link_equal(staged_.table(), parent.table(), link, i,
                                                  work_.of("p", link.to[i]), child));
      }
      if (has_rows(work_.dialect(),
                   fmt::format("{} AS s WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
                               work_.stage(table_), join(filled, " AND "), work_.stage(link.parent),
                               join(same, " AND "))))
        return false;
    }
    return true;
  }

  // Fills found(); whether all rows are in it.
  bool find_all() {
    if (!staged_.has_data) return true;
    const std::int64_t found = work_.dialect().run(
        fmt::format("INSERT INTO {} SELECT s.{}, {}, CASE WHEN {} THEN 1 ELSE 0 END, {} FROM {}",
                    work_.found(table_), work_.n(table_), way(),
                    work_.dialect().differ(staged_.table(), staged_.data_columns, "t", "s"),
                    work_.addressed(table_, "t"), matches()));
    return found == count_rows(work_.dialect(), work_.stage(table_) + " AS s");
  }

  void forget() { work_.dialect().clear(work_.found(table_)); }

 private:
  // Rows under the key that the identity takes are the same row.
  bool compares_as_key() const {
    if (work_.plan().identity != Identity::natural) return true;
    return !staged_.probes.empty();
  }

  // One that the database itself sees to, of columns that the rows carry.
  bool is_plain(const Key& key) const {
    const Table& table = staged_.table();
    const auto same = [&](const Key& other) {
      return other.name == key.name && other.kind == key.kind && !other.has_expression() &&
             other.predicate.empty() && other.columns() == key.columns();
    };
    if (key.has_expression() || !key.predicate.empty()) return false;
    if (!(table.primary_key && same(*table.primary_key)) &&
        std::none_of(table.unique.begin(), table.unique.end(), same))
      return false;
    const auto columns = key.columns();
    return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
      return std::find(staged_.data_columns.begin(), staged_.data_columns.end(), column) !=
             staged_.data_columns.end();
    });
  }

  // A key through the group itself finds one row after another, and some perhaps never.
  bool goes_round(const Key& key, const Group& group) const {
    const auto columns = key.columns();
    const auto& links = staged_.plan->links;
    return std::any_of(links.begin(), links.end(), [&](const ImportLink& link) {
      return contains(group, link.parent) &&
             std::find_first_of(link.columns.begin(), link.columns.end(), columns.begin(),
                                columns.end()) != link.columns.end();
    });
  }

  // The stage under s and the table under t, row by row.
  std::string matches() const {
    const Key& key = *staged_.table().primary_key;
    std::vector<std::string> on, where;
    for (std::size_t i = 0; i < key.parts.size(); ++i)
      on.push_back(work_.dialect().key_equal(staged_.table(), key, i,
                                             work_.of("s", key.parts[i].column),
                                             work_.of("t", key.parts[i].column)));
    for (const std::string& column : decisive_columns())
      where.push_back(work_.dialect().same(staged_.column(column), work_.of("s", column),
                                           work_.of("t", column)));
    const std::string named = is_named();
    if (!named.empty()) where.push_back(named);
    return fmt::format("{} AS s JOIN {} AS t ON {} WHERE {}", work_.stage(table_),
                       work_.dialect().rows_of(staged_.table()), join(on, " AND "),
                       join(where, " AND "));
  }

  std::set<std::string> decisive_columns() const {
    const auto& referenced = work_.referenced_columns(table_);
    std::set<std::string> out(referenced.begin(), referenced.end());
    out.insert(staged_.primary_key.begin(), staged_.primary_key.end());
    out.insert(staged_.link_columns.begin(), staged_.link_columns.end());
    for (const Key& key : staged_.probes) {
      const auto columns = key.columns();
      out.insert(columns.begin(), columns.end());
    }
    return out;
  }

  // By what the rules would have found a row under s.
  std::string way() const {
    std::string sql;
    for (std::size_t p = 0; p < staged_.probes.size(); ++p)
      sql += fmt::format(" WHEN {} THEN {}", applies(staged_.probes[p]), p);
    const int number = static_cast<int>(How::number);
    return sql.empty() ? std::to_string(number) : fmt::format("CASE{} ELSE {} END", sql, number);
  }

  // That a key applies to a row under s; nothing if the number tells of others.
  std::string is_named() const {
    if (work_.plan().identity == Identity::other_source && staged_.numbered_key) return {};
    std::vector<std::string> any;
    for (const Key& key : staged_.probes) any.push_back(applies(key));
    return any.empty() ? "1 = 0" : "(" + join(any, " OR ") + ")";
  }

  std::string applies(const Key& key) const {
    if (key.nulls_not_distinct) return "1 = 1";
    std::vector<std::string> filled;
    for (const std::string& column : key.columns())
      filled.push_back(work_.of("s", column) + " IS NOT NULL");
    return join(filled, " AND ");
  }

  Workspace& work_;
  const std::size_t table_;
  const StagedTable& staged_;
};

template <class Question>
bool all_of(std::vector<Expectation>& tables, Question question) {
  return std::all_of(tables.begin(), tables.end(), question);
}

std::string kept_map(Workspace& work) {
  const Identity identity = work.plan().identity;
  return identity == Identity::other_source || identity == Identity::natural
             ? work.dialect().kept_map()
             : std::string();
}

}  // namespace

bool settle_as_expected(Workspace& work, const Group& group) {
  std::vector<Expectation> tables;
  for (const std::size_t table : group) tables.emplace_back(work, table);
  if (!all_of(tables, [&](Expectation& table) {
        return table.is_simple(group) && table.parents_are_settled(group);
      }))
    return false;
  const std::string map = kept_map(work);
  if (!all_of(tables, [&](Expectation& table) {
        return !table.may_be_mapped(map) && table.sample_is_as_expected();
      }))
    return false;
  if (!all_of(tables, [&](Expectation& table) {
        return table.references_are_in_file() && table.find_all();
      })) {
    for (Expectation& table : tables) table.forget();
    return false;
  }
  for (const std::size_t table : group) {
    work.dialect().analyze(Workspace::bare('m', table));
    work.settle(table);
  }
  return true;
}

void settle_as_found(Workspace& work, const Group& group) {
  const auto is_settled = [&](std::size_t table) {
    const StagedTable& staged = work.at(table);
    if (staged.emptied || staged.has_references || staged.primary_key.empty()) return false;
    if (count_rows(work.dialect(), work.found(table) + " AS m") !=
        count_rows(work.dialect(), work.stage(table) + " AS s"))
      return false;
    const auto& referenced = work.referenced_columns(table);
    std::set<std::string> columns(referenced.begin(), referenced.end());
    columns.insert(staged.primary_key.begin(), staged.primary_key.end());
    std::vector<std::string> moved;
    for (const std::string& column : columns)
      moved.push_back("NOT " + work.dialect().same(staged.column(column), work.of("s", column),
                                                   work.of("t", column)));
    std::string links;
    if (work.has_links(table)) {
      links = fmt::format(" JOIN {} AS q ON q.n = s.{}", work.links(table), work.n(table));
      for (std::size_t f = 0; f < staged.plan->links.size(); ++f)
        moved.push_back(fmt::format("q.f{} NOT IN ({}, {})", f, static_cast<int>(Leads::nowhere),
                                    static_cast<int>(Leads::found)));
      for (std::size_t v = 0; v < staged.link_columns.size(); ++v)
        moved.push_back("NOT " + work.dialect().same(staged.column(staged.link_columns[v]),
                                                     work.of("s", staged.link_columns[v]),
                                                     fmt::format("q.v{}", v)));
    }
    return !has_rows(work.dialect(),
                     fmt::format("{} AS s JOIN {} AS m ON m.n = s.{} JOIN {} AS t ON {}{} WHERE {}",
                                 work.stage(table), work.found(table), work.n(table),
                                 work.dialect().rows_of(staged.table()),
                                 work.at_address(table, "t", "m"), links, join(moved, " OR ")));
  };
  const auto parents_are = [&](std::size_t table) {
    return Expectation(work, table).parents_are_settled(group);
  };
  if (std::all_of(group.begin(), group.end(), parents_are) &&
      std::all_of(group.begin(), group.end(), is_settled))
    for (const std::size_t table : group) work.settle(table);
}

}  // namespace dbkeeper::staging
