#include "engines/staging/missing.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/links.h"
#include "engines/staging/questions.h"

namespace dbkeeper::staging {
namespace {

constexpr std::size_t kSamples = 5;

// Rows of the table under q (links by identity) and s that are to be written: inserted, or, where
// found rows are updated, any.
std::string written_rows(const Workspace& work, std::size_t table) {
  std::string sql = fmt::format("{} AS q JOIN {} AS s ON s.{} = q.n", work.links(table),
                                work.stage(table), work.n(table));
  std::string where = fmt::format(" WHERE s.{} = 0", work.kind(table));
  if (work.plan().mode != ImportMode::merge)
    where +=
        fmt::format(" AND NOT EXISTS (SELECT 1 FROM {} AS m WHERE m.n = q.n)", work.found(table));
  if (work.has_dropped(table))
    where +=
        fmt::format(" AND NOT EXISTS (SELECT 1 FROM {} AS d WHERE d.n = q.n)", work.dropped(table));
  return sql + where;
}

std::string leads(std::size_t link, Leads to) {
  return fmt::format("q.f{} = {}", link, static_cast<int>(to));
}

// Cheaper than to ask which of them are to be written.
bool any_leads(const Workspace& work, std::size_t table, std::size_t link, Leads to) {
  return has_rows(work.dialect(),
                  fmt::format("{} AS q WHERE {}", work.links(table), leads(link, to)));
}

// Drops rows of one table: how many.
std::int64_t drop_rows_of(Workspace& work, std::size_t table) {
  std::vector<std::string> missing;
  const auto& links = work.at(table).plan->links;
  for (std::size_t l = 0; l < links.size(); ++l)
    if (links[l].key) missing.push_back(leads(l, Leads::missing));
  if (missing.empty()) return 0;
  return work.dialect().run(fmt::format("INSERT INTO {} SELECT q.n FROM {} AND ({})",
                                        work.dropped(table), written_rows(work, table),
                                        join(missing, " OR ")));
}

// What was found missing, told together.
class MissingReferences {
 public:
  explicit MissingReferences(Dialect& dialect, const ImportPlan& plan)
      : dialect_(dialect), plan_(plan) {}

  // References by the link of those rows of the table, under `alias` in a FROM.
  void look_at(const ImportTable& table, const ImportLink& link, std::string_view alias,
               const std::string& rows) {
    const std::int64_t count = count_rows(dialect_, rows);
    if (count == 0) return;
    const std::string columns = join(link.columns, ", ");
    if (found_.empty()) {
      table_ = table.name;
      column_ = columns;
    }
    const auto samples = samples_of(link, alias, rows);
    found_.push_back(
        fmt::format("{} of {} by {} to {} found neither in the file nor in the database: {}{}",
                    plural(count, "reference"), table.name, columns, plan_.tables[link.parent].name,
                    join(samples, ", "), samples.size() == kSamples ? ", …" : ""));
  }

  void refuse() const {
    if (found_.empty()) return;
    throw Error(ErrorKind::conflict, join(found_, "; "))
        .table(table_)
        .column(column_)
        .hint(
            "bring the missing rows along, or say with --on-missing-ref what to do with these "
            "(null, skip)");
  }

 private:
  std::vector<std::string> samples_of(const ImportLink& link, std::string_view alias,
                                      const std::string& rows) const {
    std::vector<std::string> shown;
    for (const std::string& column : link.columns)
      shown.push_back(dialect_.shown(fmt::format("{}.{}", alias, dialect_.quoted(column))));
    std::vector<std::string> samples;
    dialect_.query(
        fmt::format("SELECT DISTINCT {} FROM {} ORDER BY 1 LIMIT {}", join(shown, ", "), rows,
                    kSamples),
        [&](const Texts& row) {
          std::vector<std::string> values;
          for (const auto& value : row) values.push_back(value.value_or("NULL"));
          samples.push_back(values.size() == 1 ? values[0] : "(" + join(values, ", ") + ")");
        });
    return samples;
  }

  Dialect& dialect_;
  const ImportPlan& plan_;
  std::vector<std::string> found_;
  std::string table_;
  std::string column_;
};

// Rows of the table itself, as s, that refer by the link to none of the parent's.
std::string dangling_rows(Dialect& dialect, const ImportPlan& plan, const ImportTable& table,
                          const ImportLink& link) {
  const Table& parent = *plan.tables[link.parent].table;
  std::vector<std::string> filled, same;
  for (std::size_t i = 0; i < link.columns.size(); ++i) {
    const std::string child = "s." + dialect.quoted(link.columns[i]);
    filled.push_back(child + " IS NOT NULL");
    same.push_back(dialect.link_equal(*table.table, parent, link, i,
                                      "p." + dialect.quoted(link.to[i]), child));
  }
  return fmt::format("{} AS s WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
                     dialect.rows_of(*table.table), join(filled, " AND "), dialect.rows_of(parent),
                     join(same, " AND "));
}

}  // namespace

void drop_rows(Workspace& work) {
  if (work.plan().on_missing != MissingReference::skip) return;
  for (const auto& group : work.plan().groups)
    for (bool again = true; again;) {
      again = false;
      for (const std::size_t table : group) {
        if (!work.has_links(table) || !work.has_dropped(table) || work.settled(table)) continue;
        // The parents' dropped rows are missing by now.
        resolve_by_identity(work, table);
        again = drop_rows_of(work, table) > 0 || again;
      }
    }
}

void refuse_missing(const Workspace& work) {
  MissingReferences missing(work.dialect(), work.plan());
  for (std::size_t table = 0; table < work.size(); ++table) {
    const ImportTable& plan = *work.at(table).plan;
    if (!plan.written || work.settled(table)) continue;
    for (std::size_t l = 0; l < plan.links.size(); ++l)
      if (plan.links[l].key && any_leads(work, table, l, Leads::missing))
        missing.look_at(plan, plan.links[l], "s",
                        written_rows(work, table) + " AND " + leads(l, Leads::missing));
  }
  missing.refuse();
}

void refuse_missing(Dialect& dialect, const ImportPlan& plan,
                    const std::vector<const Table*>& tables) {
  MissingReferences missing(dialect, plan);
  for (const ImportTable& table : plan.tables) {
    if (std::find(tables.begin(), tables.end(), table.table) == tables.end()) continue;
    for (const ImportLink& link : table.links)
      if (link.key) missing.look_at(table, link, "s", dangling_rows(dialect, plan, table, link));
  }
  missing.refuse();
}

std::int64_t count_nulled(const Workspace& work, std::size_t table) {
  if (work.plan().on_missing != MissingReference::null || !work.has_links(table) ||
      work.settled(table))
    return 0;
  std::int64_t count = 0;
  const auto& links = work.at(table).plan->links;
  for (std::size_t l = 0; l < links.size(); ++l)
    if (links[l].key)
      count += count_rows(work.dialect(), fmt::format("{} AND {}", written_rows(work, table),
                                                      leads(l, Leads::nulled)));
  return count;
}

}  // namespace dbkeeper::staging
