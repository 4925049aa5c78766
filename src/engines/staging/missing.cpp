#include "engines/staging/missing.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/links.h"

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

class MissingReferences {
 public:
  explicit MissingReferences(const Workspace& work) : work_(work) {}

  void look_at(std::size_t table) {
    const ImportTable& plan = *work_.at(table).plan;
    if (!plan.written) return;
    for (std::size_t l = 0; l < plan.links.size(); ++l)
      if (plan.links[l].key) look_at(table, l);
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
  void look_at(std::size_t table, std::size_t l) {
    const ImportTable& plan = *work_.at(table).plan;
    const ImportLink& link = plan.links[l];
    const std::string rows = written_rows(work_, table) + " AND " + leads(l, Leads::missing);
    std::int64_t count = 0;
    work_.dialect().query("SELECT count(*) FROM " + rows,
                          [&](const Texts& row) { count = std::stoll(*row[0]); });
    if (count == 0) return;
    std::vector<std::string> shown;
    for (const std::string& column : link.columns)
      shown.push_back(work_.dialect().shown(work_.of("s", column)));
    std::vector<std::string> samples;
    work_.dialect().query(
        fmt::format("SELECT DISTINCT {} FROM {} ORDER BY 1 LIMIT {}", join(shown, ", "), rows,
                    kSamples),
        [&](const Texts& row) {
          std::vector<std::string> values;
          for (const auto& value : row) values.push_back(value.value_or("NULL"));
          samples.push_back(values.size() == 1 ? values[0] : "(" + join(values, ", ") + ")");
        });
    const std::string columns = join(link.columns, ", ");
    if (found_.empty()) {
      table_ = plan.name;
      column_ = columns;
    }
    found_.push_back(fmt::format(
        "{} of {} by {} to {} found neither in the file nor in the database: {}{}",
        plural(count, "reference"), plan.name, columns, work_.at(link.parent).plan->name,
        join(samples, ", "), samples.size() == kSamples ? ", …" : ""));
  }

  const Workspace& work_;
  std::vector<std::string> found_;
  std::string table_;
  std::string column_;
};

}  // namespace

void drop_rows(Workspace& work) {
  if (work.plan().on_missing != MissingReference::skip) return;
  for (const auto& group : work.plan().groups)
    for (bool again = true; again;) {
      again = false;
      for (const std::size_t table : group) {
        if (!work.has_links(table) || !work.has_dropped(table)) continue;
        // The parents' dropped rows are missing by now.
        resolve_by_identity(work, table);
        again = drop_rows_of(work, table) > 0 || again;
      }
    }
}

void refuse_missing(const Workspace& work) {
  MissingReferences missing(work);
  for (std::size_t table = 0; table < work.size(); ++table) missing.look_at(table);
  missing.refuse();
}

std::int64_t count_nulled(const Workspace& work, std::size_t table) {
  if (work.plan().on_missing != MissingReference::null || !work.has_links(table)) return 0;
  std::int64_t count = 0;
  const auto& links = work.at(table).plan->links;
  for (std::size_t l = 0; l < links.size(); ++l)
    if (links[l].key)
      work.dialect().query(fmt::format("SELECT count(*) FROM {} AND {}", written_rows(work, table),
                                       leads(l, Leads::nulled)),
                           [&](const Texts& row) { count += std::stoll(*row[0]); });
  return count;
}

}  // namespace dbkeeper::staging
