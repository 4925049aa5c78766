#include "engines/postgres/closure.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/set_order.h"

namespace dbkeeper::postgres {
namespace {

// Each set becomes a CTE of its rows' places (leaf, place) and the columns by which other sets
// refer to parents (c0, c1, …). A row may be in one twice: all that is asked is whether one is
// there. Sets in a circle first become one recursive CTE of (number, leaf, place).
//
// Operators are qualified: the statement may run in the user's own search_path.
class Writer {
 public:
  Writer(const Selection& selection, ForeignKeyOperators& operators, Partitions& partitions)
      : selection_(selection), operators_(operators), partitions_(partitions) {}

  RowQuery write(std::size_t target);

 private:
  // FROM … WHERE …, the table under `alias`.
  struct Branch {
    std::string alias;
    std::string from;
  };
  using Component = std::vector<std::size_t>;

  const RowSet& at(std::size_t set) const { return selection_.sets[set]; }
  bool is_empty(std::size_t set) const;

  void note_carried_columns(const std::vector<Component>& components);
  std::string carried(std::size_t set, const std::string& column) const;
  std::string row_of(std::size_t set, const std::string& alias) const;

  std::string references(const RowSet::Link& link);
  Branch base_branch(std::size_t set) const;
  Branch link_branch(std::size_t set, const RowSet::Link& link);
  std::vector<Branch> branches(std::size_t set, const Component& inside);
  std::string in_set(std::size_t set, const std::string& cte, const std::string& alias) const;
  std::string but_without(std::size_t set, const std::string& alias) const;

  void write_set(std::size_t set);
  void write_circle(const Component& component);
  std::string step(std::size_t set, const RowSet::Link& link, const std::string& circle);
  void add_cte(const std::string& name, const std::string& query, bool materialized);

  const Selection& selection_;
  ForeignKeyOperators& operators_;
  Partitions& partitions_;
  std::map<std::size_t, std::vector<std::string>> carried_;
  std::vector<std::string> ctes_;
};

std::string cte_of(std::size_t set) { return fmt::format("dbkeeper_set_{}", set); }

// The other sets that decide about a set's rows.
std::vector<std::size_t> sets_behind(const RowSet& rows) {
  std::vector<std::size_t> out;
  for (const RowSet::Link& link : links_of(rows)) out.push_back(link.from);
  if (rows.without) out.push_back(*rows.without);
  return out;
}

bool Writer::is_empty(std::size_t set) const {
  const auto& without = at(set).without;
  return without && is_whole(at(*without));
}

void Writer::note_carried_columns(const std::vector<Component>& components) {
  for (const Component& component : components)
    for (const std::size_t set : component)
      for (const RowSet::Link& link : links_of(at(set)))
        for (const std::string& column : link.key->columns) {
          std::vector<std::string>& all = carried_[link.from];
          if (std::find(all.begin(), all.end(), column) == all.end()) all.push_back(column);
        }
}

std::string Writer::carried(std::size_t set, const std::string& column) const {
  const std::vector<std::string>& all = carried_.at(set);
  return fmt::format("c{}", std::find(all.begin(), all.end(), column) - all.begin());
}

// The columns of a set's CTE, from the table under `alias`.
std::string Writer::row_of(std::size_t set, const std::string& alias) const {
  std::string out = fmt::format("{0}.tableoid AS leaf, {0}.ctid AS place", alias);
  const auto columns = carried_.find(set);
  if (columns == carried_.end()) return out;
  for (const std::string& column : columns->second)
    out += fmt::format(", {}.{} AS {}", alias, QuotedName(column).sql(), carried(set, column));
  return out;
}

// A key may lead to one partition of the set's table.
std::string Writer::references(const RowSet::Link& link) {
  const TableName& name = link.key->references;
  const bool partitioned = !partitions_.below(name).empty();
  return (partitioned ? "" : "ONLY ") + QuotedName(name).sql();
}

std::string Writer::in_set(std::size_t set, const std::string& cte,
                           const std::string& alias) const {
  std::string out = fmt::format("{}.place OPERATOR(pg_catalog.=) {}.ctid", cte, alias);
  if (at(set).table->kind == TableKind::partitioned)
    out += fmt::format(" AND {}.leaf OPERATOR(pg_catalog.=) {}.tableoid", cte, alias);
  return out;
}

std::string Writer::but_without(std::size_t set, const std::string& alias) const {
  if (!at(set).without) return {};
  const std::string cte = cte_of(*at(set).without);
  return fmt::format(" AND NOT EXISTS (SELECT FROM {} WHERE {})", cte, in_set(set, cte, alias));
}

// A condition may name the table by its own name.
Writer::Branch Writer::base_branch(std::size_t set) const {
  const RowSet& rows = at(set);
  const std::string alias = QuotedName(std::string_view(rows.table->name.name)).sql();
  const std::string condition =
      rows.base == RowSet::Base::condition ? "(\n" + rows.condition + "\n)" : "true";
  return {alias, fmt::format("FROM {} WHERE {}{}", from_clause(*rows.table), condition,
                             but_without(set, alias))};
}

Writer::Branch Writer::link_branch(std::size_t set, const RowSet::Link& link) {
  const RowSet& child = at(link.from);
  const bool whole = is_whole(child);
  std::vector<std::string> columns;
  for (const std::string& column : link.key->columns)
    columns.push_back(whole ? QuotedName::of("k", column).sql()
                            : "k." + carried(link.from, column));
  return {"p", fmt::format("FROM {} p WHERE EXISTS (SELECT FROM {} k WHERE {}){}", references(link),
                           whole ? from_clause(*child.table) : cte_of(link.from),
                           operators_.match(*child.table, *link.key, "p", columns),
                           but_without(set, "p"))};
}

// Where the set's rows come from, but for what comes from sets in `inside`.
std::vector<Writer::Branch> Writer::branches(std::size_t set, const Component& inside) {
  std::vector<Branch> out;
  if (is_empty(set)) return out;
  if (at(set).base != RowSet::Base::none) out.push_back(base_branch(set));
  for (const RowSet::Link& link : links_of(at(set)))
    if (std::find(inside.begin(), inside.end(), link.from) == inside.end())
      out.push_back(link_branch(set, link));
  return out;
}

void Writer::add_cte(const std::string& name, const std::string& query, bool materialized) {
  ctes_.push_back(fmt::format("{} AS {}({})", name, materialized ? "MATERIALIZED " : "", query));
}

void Writer::write_set(std::size_t set) {
  std::vector<std::string> selects;
  for (const Branch& branch : branches(set, {}))
    selects.push_back(fmt::format("SELECT {} {}", row_of(set, branch.alias), branch.from));
  if (selects.empty())
    selects.push_back(fmt::format("SELECT {} FROM {} p WHERE false", row_of(set, "p"),
                                  from_clause(*at(set).table)));
  add_cte(cte_of(set), join(selects, " UNION ALL "), true);
}

// From a row of the circle to the one that it refers to: by its place, then by the parent's key.
std::string Writer::step(std::size_t set, const RowSet::Link& link, const std::string& circle) {
  const Table& child = *at(link.from).table;
  std::vector<std::string> columns;
  for (const std::string& column : link.key->columns)
    columns.push_back(QuotedName::of("k", column).sql());
  return fmt::format(
      "SELECT {} AS number, p.tableoid AS leaf, p.ctid AS place FROM {} k JOIN {} p ON {} "
      "WHERE {}.number OPERATOR(pg_catalog.=) {} AND {}",
      set, from_clause(child), references(link), operators_.match(child, *link.key, "p", columns),
      circle, link.from, in_set(link.from, circle, "k"));
}

// OFFSET 0 keeps the planner from turning the walk from row to row into a join of whole tables,
// which it would then do once for every step into the depth.
void Writer::write_circle(const Component& component) {
  const std::string circle = fmt::format("dbkeeper_circle_{}", component.front());
  std::vector<std::string> seeds, steps;
  std::string without;
  for (const std::size_t set : component) {
    for (const Branch& branch : branches(set, component))
      seeds.push_back(fmt::format("SELECT {} AS number, {}.tableoid AS leaf, {}.ctid AS place {}",
                                  set, branch.alias, branch.alias, branch.from));
    if (is_empty(set)) continue;
    for (const RowSet::Link& link : links_of(at(set)))
      if (std::find(component.begin(), component.end(), link.from) != component.end())
        steps.push_back(step(set, link, circle));
    if (const auto& other = at(set).without)
      without += fmt::format(
          "{0} NOT EXISTS (SELECT FROM {1} WHERE x.number OPERATOR(pg_catalog.=) {2} AND {1}.place "
          "OPERATOR(pg_catalog.=) x.place AND {1}.leaf OPERATOR(pg_catalog.=) x.leaf)",
          without.empty() ? " WHERE" : " AND", cte_of(*other), set);
  }
  if (seeds.empty())
    seeds.push_back(
        "SELECT 0 AS number, 0::pg_catalog.oid AS leaf, '(0,0)'::pg_catalog.tid AS place "
        "WHERE false");
  std::string query = fmt::format("({})", join(seeds, " UNION ALL "));
  if (!steps.empty())
    query += fmt::format(
        " UNION SELECT x.number, x.leaf, x.place FROM {} CROSS JOIN LATERAL ({} OFFSET 0) x{}",
        circle, join(steps, " UNION ALL "), without);
  add_cte(circle, query, false);
  for (const std::size_t set : component)
    add_cte(cte_of(set),
            fmt::format("SELECT {} FROM {} p WHERE EXISTS (SELECT FROM {} WHERE {}.number "
                        "OPERATOR(pg_catalog.=) {} AND {})",
                        row_of(set, "p"), from_clause(*at(set).table), circle, circle, set,
                        in_set(set, circle, "p")),
            true);
}

RowQuery Writer::write(std::size_t target) {
  const std::vector<Component> components =
      in_order(target, [&](std::size_t set) { return sets_behind(at(set)); });
  note_carried_columns(components);
  const auto circular = [&](const Component& component) {
    const std::vector<std::size_t> behind = sets_behind(at(component.front()));
    return component.size() > 1 ||
           std::find(behind.begin(), behind.end(), component.front()) != behind.end();
  };
  std::vector<Branch> direct;  // the one source of the target's rows, which then needs no CTE
  for (const Component& component : components) {
    if (circular(component)) {
      write_circle(component);
    } else if (component.front() != target) {
      if (!is_whole(at(component.front()))) write_set(component.front());
    } else if (direct = branches(target, {}); direct.size() != 1) {
      write_set(target);
    }
  }
  const std::string with = ctes_.empty() ? "" : "WITH RECURSIVE " + join(ctes_, ", ") + " ";
  if (direct.size() == 1) return {with, direct.front().from};
  return {with, fmt::format("FROM {} p WHERE EXISTS (SELECT FROM {} WHERE {})",
                            from_clause(*at(target).table), cte_of(target),
                            in_set(target, cte_of(target), "p"))};
}

}  // namespace

RowQuery closure(const Selection& selection, std::size_t set, ForeignKeyOperators& operators,
                 Partitions& partitions) {
  return Writer(selection, operators, partitions).write(set);
}

}  // namespace dbkeeper::postgres
