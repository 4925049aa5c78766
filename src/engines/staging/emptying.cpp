#include "engines/staging/emptying.h"

#include <fmt/format.h>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/staging/questions.h"

namespace dbkeeper::staging {
namespace {

void delete_rows(Dialect& dialect, const ImportPlan& plan) {
  for (const auto& group : plan.emptied) {
    std::vector<Write> writes;
    for (const Table* table : group)
      writes.push_back({table, "DELETE FROM " + dialect.rows_of(*table)});
    dialect.write(writes);
  }
}

}  // namespace

void refuse_referrers(Dialect& dialect, const ImportPlan& plan) {
  std::vector<std::string> found;
  for (const Referrer& referrer : plan.referrers) {
    std::vector<std::string> filled;
    for (const std::string& column : referrer.key->columns)
      filled.push_back("t." + dialect.quoted(column) + " IS NOT NULL");
    const std::int64_t rows = count_rows(
        dialect,
        fmt::format("{} AS t WHERE {}", dialect.rows_of(*referrer.table), join(filled, " AND ")));
    if (rows > 0)
      found.push_back(fmt::format("{} of {} by {}", plural(rows, "row"), referrer.name,
                                  join(referrer.key->columns, ", ")));
  }
  if (found.empty()) return;
  throw Error(
      ErrorKind::conflict,
      fmt::format("tables that this import doesn't bring refer to rows that it would remove: {}",
                  join(found, "; ")))
      .table(plan.referrers.front().name)
      .hint("--cascade empties these tables too; or import with --mode merge");
}

bool is_empty(Dialect& dialect, const Table& table) {
  return !has_rows(dialect, dialect.rows_of(table) + " AS t");
}

RemovedRows empty_tables(Dialect& dialect, const ImportPlan& plan) {
  RemovedRows removed;
  for (const auto& group : plan.emptied)
    for (const Table* table : group) removed[table] = count_rows(dialect, dialect.rows_of(*table));
  if (!removed.empty() && !dialect.empty_at_once(plan)) delete_rows(dialect, plan);
  return removed;
}

}  // namespace dbkeeper::staging
