#include "engines/staging/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/staging/nulled.h"
#include "engines/staging/questions.h"
#include "engines/staging/row_names.h"
#include "engines/staging/row_sets.h"

namespace dbkeeper::staging {
namespace {

constexpr int number_of(Leads leads) { return static_cast<int>(leads); }

// One table's links as one SELECT: each parent is joined to the rows, and gives the link's flag and
// what its columns become.
class Resolution {
 public:
  Resolution(const Workspace& work, std::size_t table, Values values)
      : work_(work), table_(table), values_(values), staged_(work.at(table)) {
    for (std::size_t l = 0; l < links().size(); ++l) join_parent(l);
  }

  // n, v0…, f0…
  std::string select() const {
    std::vector<std::string> columns = {"j.n"};
    for (std::size_t v = 0; v < staged_.link_columns.size(); ++v)
      columns.push_back(value(v) + fmt::format(" AS v{}", v));
    for (std::size_t l = 0; l < links().size(); ++l) columns.push_back(fmt::format("j.f{}", l));
    return fmt::format("SELECT {} FROM ({}) AS j", join(columns, ", "), joined());
  }

  // The numbers of rows in which two links disagree about a column; empty if none can.
  std::string disagreements() const {
    std::vector<std::string> cases;
    for (const std::string& column : staged_.link_columns) {
      const auto ways = ways_to(column);
      for (std::size_t a = 1; a < ways.size(); ++a)
        cases.push_back(fmt::format(
            "({} AND {} AND NOT {})", leads(ways[0].link), leads(ways[a].link),
            work_.dialect().same(staged_.column(column), ways[0].value, ways[a].value)));
    }
    if (cases.empty()) return {};
    return fmt::format("SELECT j.n FROM ({}) AS j WHERE ({})", joined(), join(cases, " OR "));
  }

 private:
  struct Way {
    std::size_t link;
    std::string value;  // j.x0_1
  };

  const std::vector<ImportLink>& links() const { return staged_.plan->links; }
  bool finally() const { return values_ == Values::final; }

  std::string joined() const {
    return fmt::format("SELECT {} FROM {} AS s{}", join(columns_, ", "), work_.stage(table_),
                       joins_);
  }

  void join_parent(std::size_t l) {
    if (l == 0) {
      columns_.push_back(work_.of("s", staged_.stage.number()) + " AS n");
      for (std::size_t c = 0; c < staged_.link_columns.size(); ++c)
        columns_.push_back(fmt::format("{} AS c{}", work_.of("s", staged_.link_columns[c]), c));
    }
    const ImportLink& link = links()[l];
    const std::size_t parent = link.parent;
    if (work_.settled(parent)) return join_settled_parent(l);
    const std::string p = fmt::format("p{}", l), m = fmt::format("m{}", l),
                      r = fmt::format("r{}", l), i = fmt::format("i{}", l),
                      d = fmt::format("d{}", l);
    const std::string n = work_.n(parent);
    join_stage(l);
    joins_ += fmt::format(" LEFT JOIN {0} AS {1} ON {1}.n = {2}.{3}", work_.found(parent), m, p, n);
    const bool rewritten = finally() && work_.has_links(parent) && leads_to_links(link);
    const bool renumbered = finally() && work_.has_numbers(parent);
    if (rewritten)
      joins_ += fmt::format(" LEFT JOIN {0} AS {1} ON {1}.n = {2}.{3}", work_.final_links(parent),
                            r, p, n);
    if (renumbered)
      joins_ +=
          fmt::format(" LEFT JOIN {0} AS {1} ON {1}.n = {2}.{3}", work_.numbers(parent), i, p, n);
    if (work_.has_dropped(parent))
      joins_ +=
          fmt::format(" LEFT JOIN {0} AS {1} ON {1}.n = {2}.{3}", work_.dropped(parent), d, p, n);
    columns_.push_back(flag_of(l, p, m, d) + fmt::format(" AS f{}", l));
    for (std::size_t c = 0; c < link.columns.size(); ++c)
      columns_.push_back(
          as_spelled(l, c,
                     parent_value(link, c, {p, m, rewritten ? r : "", renumbered ? i : "", d})) +
          fmt::format(" AS x{}_{}", l, c));
  }

  // What the child's column c becomes where its parent's is `becomes`. Equal isn't the same: where
  // the parent keeps its "Food", a child's "food" stays as well.
  std::string as_spelled(std::size_t l, std::size_t c, const std::string& becomes) const {
    const ImportLink& link = links()[l];
    const Column& child = staged_.column(link.columns[c]);
    const Column& parent = work_.at(link.parent).column(link.to[c]);
    const std::string rewritten = work_.dialect().converted(child, becomes);
    if (is_spelled_one_way(child.type.family) && is_spelled_one_way(parent.type.family))
      return rewritten;
    return fmt::format(
        "CASE WHEN {} THEN {} ELSE {} END",
        work_.dialect().same(parent, work_.of(fmt::format("p{}", l), link.to[c]), becomes),
        work_.of("s", link.columns[c]), rewritten);
  }

  static bool is_spelled_one_way(Family family) {
    return family == Family::integer || family == Family::uuid;
  }

  // Its rows are what the file has.
  void join_settled_parent(std::size_t l) {
    const ImportLink& link = links()[l];
    const std::string p = fmt::format("p{}", l);
    join_stage(l);
    columns_.push_back(
        fmt::format("CASE WHEN {} THEN {} WHEN {}.{} IS NULL THEN {} ELSE {} END AS f{}",
                    is_null(link), number_of(Leads::nowhere), p, work_.n(link.parent),
                    missing(link), number_of(Leads::found), l));
    for (std::size_t c = 0; c < link.columns.size(); ++c)
      columns_.push_back(as_spelled(l, c, work_.of(p, link.to[c])) +
                         fmt::format(" AS x{}_{}", l, c));
  }

  void join_stage(std::size_t l) {
    const ImportLink& link = links()[l];
    const std::string p = fmt::format("p{}", l);
    std::vector<std::string> matches;
    for (std::size_t c = 0; c < link.columns.size(); ++c)
      matches.push_back(work_.dialect().link_equal(staged_.table(), work_.at(link.parent).table(),
                                                   link, c, work_.of(p, link.to[c]),
                                                   work_.of("s", link.columns[c])));
    const StagedTable& parent = work_.at(link.parent);
    if (parent.has_references && !std::all_of(link.to.begin(), link.to.end(), [&](const auto& to) {
          return parent.is_told_of_references(to);
        }))
      matches.push_back(fmt::format("{}.{} = 0", p, work_.kind(link.parent)));
    joins_ += fmt::format(" LEFT JOIN {} AS {} ON {}", work_.stage(link.parent), p,
                          join(matches, " AND "));
  }

  std::string is_null(const ImportLink& link) const {
    std::vector<std::string> nulls;
    for (const std::string& column : link.columns)
      nulls.push_back(work_.of("s", column) + " IS NULL");
    return join(nulls, " OR ");
  }

  int missing(const ImportLink& link) const {
    return number_of(!link.key                                         ? Leads::nowhere
                     : becomes_null(work_.plan(), *staged_.plan, link) ? Leads::nulled
                                                                       : Leads::missing);
  }

  bool leads_to_links(const ImportLink& link) const {
    return std::any_of(link.to.begin(), link.to.end(), [&](const std::string& column) {
      return work_.at(link.parent).follows_links(column);
    });
  }

  std::string flag_of(std::size_t l, const std::string& p, const std::string& m,
                      const std::string& d) const {
    const ImportLink& link = links()[l];
    const StagedTable& parent = work_.at(link.parent);
    const int missing = this->missing(link);
    std::string added;
    if (parent.plan->written) {
      added = fmt::format(" WHEN {}.{} = 0", p, work_.kind(link.parent));
      if (work_.has_dropped(link.parent)) added += fmt::format(" AND {}.n IS NULL", d);
      added += fmt::format(" THEN {}", number_of(Leads::added));
    }
    return fmt::format(
        "CASE WHEN {} THEN {} WHEN {}.{} IS NULL THEN {} WHEN {}.n IS NOT NULL THEN {}{}"
        " ELSE {} END",
        is_null(link), number_of(Leads::nowhere), p, work_.n(link.parent), missing, m,
        number_of(Leads::found), added, missing);
  }

  // The aliases under which a link's parent is joined: its stage, what was found of it, its final
  // links and new numbers (empty: not needed), the dropped ones.
  struct Parent {
    std::string p, m, r, i, d;
  };

  // What the child's column c becomes if the link leads to a row.
  std::string parent_value(const ImportLink& link, std::size_t c, const Parent& aliases) const {
    const StagedTable& parent = work_.at(link.parent);
    const auto& [p, m, r, i, d] = aliases;
    const std::string& column = link.to[c];
    const std::string there = m + "." + work_.referenced(link.parent, column);
    if (!finally()) return there;
    // In a circle the parent's own links may not be there yet.
    std::string own = work_.final_value(link.parent, column, p, r, i);
    if (!r.empty() && parent.follows_links(column))
      own = fmt::format("CASE WHEN {}.n IS NULL THEN {} ELSE {} END", r, work_.of(p, column), own);
    const bool changes =
        work_.plan().mode == ImportMode::merge && parent.plan->written && parent.is_updated(column);
    std::string stays = fmt::format("{}.n IS NOT NULL", m);
    if (changes) {
      const bool may_drop = work_.has_dropped(link.parent);
      stays += fmt::format(" AND ({}.{} <> 0{})", p, work_.kind(link.parent),
                           may_drop ? fmt::format(" OR {}.n IS NOT NULL", d) : "");
    }
    return fmt::format("CASE WHEN {} THEN {} ELSE {} END", stays, there, own);
  }

  // Every link that decides about a column.
  std::vector<Way> ways_to(const std::string& column) const {
    std::vector<Way> out;
    for (std::size_t l = 0; l < links().size(); ++l)
      for (std::size_t c = 0; c < links()[l].columns.size(); ++c)
        if (links()[l].columns[c] == column) out.push_back({l, fmt::format("j.x{}_{}", l, c)});
    return out;
  }

  std::string leads(std::size_t link) const {
    return finally() ? fmt::format("j.f{} IN ({}, {})", link, number_of(Leads::found),
                                   number_of(Leads::added))
                     : fmt::format("j.f{} = {}", link, number_of(Leads::found));
  }

  std::string value(std::size_t v) const {
    const std::string& column = staged_.link_columns[v];
    std::string out = "CASE";
    for (const Way& way : ways_to(column)) {
      if (!becomes_null(work_.plan(), *staged_.plan, links()[way.link])) continue;
      const auto nulled = nulled_columns(*staged_.plan, links()[way.link]);
      if (std::find(nulled.begin(), nulled.end(), column) != nulled.end())
        out += fmt::format(" WHEN j.f{} = {} THEN NULL", way.link, number_of(Leads::nulled));
    }
    for (const Way& way : ways_to(column))
      out += fmt::format(" WHEN {} THEN {}", leads(way.link), way.value);
    return out + fmt::format(" ELSE j.c{} END", v);
  }

  const Workspace& work_;
  const std::size_t table_;
  const Values values_;
  const StagedTable& staged_;
  std::vector<std::string> columns_;
  std::string joins_;
};

void fill(Workspace& work, const std::string& into, const Resolution& resolution) {
  work.dialect().clear(into);
  work.dialect().run(fmt::format("INSERT INTO {} {}", into, resolution.select()));
}

void refuse_disagreement(Workspace& work, std::size_t table, const Resolution& resolution) {
  const std::string sql = resolution.disagreements();
  if (sql.empty() || !work.at(table).plan->written) return;
  std::string written = to_be_inserted(work, table, "v");
  if (work.plan().mode == ImportMode::merge)
    written = fmt::format("({}) OR ({})", written, to_be_updated(work, table, "v"));
  std::optional<std::string> row;
  work.dialect().query(
      fmt::format("{} AND j.n IN (SELECT v.{} FROM {} AS v WHERE {}) ORDER BY 1 LIMIT 1", sql,
                  work.n(table), work.rows(table, Values::file, true), written),
      [&](const Texts& texts) { row = texts[0]; });
  if (!row) return;
  throw Error(
      ErrorKind::conflict,
      fmt::format("{}: its foreign keys share a column and lead to rows that have different "
                  "values there",
                  name_of_row(work, table, *row)))
      .table(work.at(table).plan->name);
}

// Whether values of the group's own links decide about other links of it.
bool feeds_itself(const Workspace& work, const std::vector<std::size_t>& group) {
  for (const std::size_t table : group)
    for (const ImportLink& link : work.at(table).plan->links)
      if (std::find(group.begin(), group.end(), link.parent) != group.end() &&
          std::any_of(link.to.begin(), link.to.end(), [&](const std::string& column) {
            return work.at(link.parent).follows_links(column);
          }))
        return true;
  return false;
}

// Whether a row refers to the same finally as by identity: no row that it may lead to gets another
// value there.
bool stays(const Workspace& work, std::size_t table) {
  if (work.plan().on_missing == MissingReference::skip) return false;
  const auto may_change = [&](const ImportLink& link) {
    const StagedTable& parent = work.at(link.parent);
    const auto updated = parent.updated_columns();
    const auto changes = [&](const std::string& column) {
      const Family family = parent.column(column).type.family;
      return parent.links(column) || parent.column(column).generated() ||
             (family != Family::integer && family != Family::uuid) ||
             (work.plan().mode == ImportMode::merge &&
              std::find(updated.begin(), updated.end(), column) != updated.end());
    };
    return std::any_of(link.to.begin(), link.to.end(), changes) ||
           (!work.settled(link.parent) && work.has_numbers(link.parent) &&
            has_rows(work.dialect(), work.numbers(link.parent)));
  };
  const auto& links = work.at(table).plan->links;
  return std::none_of(links.begin(), links.end(), may_change);
}

// Fills a table's final links, which may depend on what they are now; whether any of them changed.
bool refill(Workspace& work, std::size_t table) {
  Dialect& dialect = work.dialect();
  const std::string now = work.final_links(table), next = dialect.temp("dbkeeper_next");
  const Resolution resolution(work, table, Values::final);
  dialect.run(fmt::format("CREATE TABLE {} AS {}", next, resolution.select()));
  bool changed = false;
  dialect.query(fmt::format("SELECT 1 FROM (SELECT * FROM {} EXCEPT SELECT * FROM {}) AS x LIMIT 1",
                            next, now),
                [&](const Texts&) { changed = true; });
  dialect.clear(now);
  dialect.run(fmt::format("INSERT INTO {} SELECT * FROM {}", now, next));
  dialect.run("DROP TABLE " + next);
  return changed;
}

}  // namespace

void resolve_by_identity(Workspace& work, std::size_t table) {
  if (!work.has_links(table)) return;
  fill(work, work.links(table), Resolution(work, table, Values::identity));
  work.dialect().analyze(Workspace::bare('q', table));
}

void resolve_finally(Workspace& work, const std::vector<std::size_t>& group) {
  std::vector<std::size_t> linked;
  for (const std::size_t table : group)
    if (work.has_links(table) && !work.settled(table)) linked.push_back(table);
  if (linked.empty()) return;
  if (feeds_itself(work, group)) {
    for (const std::size_t table : linked) work.create_final_links(table);
    for (bool changed = true; changed;) {
      changed = false;
      for (const std::size_t table : linked) changed = refill(work, table) || changed;
    }
    for (const std::size_t table : linked) work.dialect().analyze(Workspace::bare('r', table));
  } else {
    for (const std::size_t table : linked) {
      if (stays(work, table)) {
        work.keep_links(table);
        continue;
      }
      work.create_final_links(table);
      fill(work, work.final_links(table), Resolution(work, table, Values::final));
      work.dialect().analyze(Workspace::bare('r', table));
    }
  }
  for (const std::size_t table : linked) {
    refuse_disagreement(work, table, Resolution(work, table, Values::final));
  }
}

}  // namespace dbkeeper::staging
