#include "engines/sqlite/orphans.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/shown.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

// The FROM and WHERE of the orphans: rows without a NULL in the key, and without a parent. The
// unary plus takes the child's affinity away, so that, as in SQLite's own check, the parent's
// column decides on affinity and collation. (PRAGMA foreign_key_check fails for the whole table if
// another of its keys is broken.)
std::string orphan_condition(const Table& table, const ForeignKey& key) {
  std::vector<std::string> present, equal;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const std::string child = QuotedName(key.columns[i]).sql();
    present.push_back(fmt::format("c.{} IS NOT NULL", child));
    equal.push_back(fmt::format("p.{} = +c.{}", QuotedName(key.to[i]).sql(), child));
  }
  return fmt::format("FROM {} AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
                     QuotedName(table.name).sql(), join(present, " AND "),
                     QuotedName(key.references).sql(), join(equal, " AND "));
}

std::string sample_in(Statement& row, std::size_t columns) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < columns; ++i) {
    const int column = static_cast<int>(i);
    values.push_back(row.type(column) == SQLITE_BLOB
                         ? fmt::format("a blob of {}", human_size(static_cast<std::int64_t>(
                                                           row.blob(column).size())))
                         : shortened(row.text(column)));
  }
  return columns == 1 ? values.front() : fmt::format("({})", join(values, ", "));
}

}  // namespace

Orphans find_orphans(Connection& connection, const Table& table, const ForeignKey& key) {
  const std::string condition = orphan_condition(table, key);
  Orphans orphans;
  Statement count(connection, "SELECT count(*) " + condition, Order::any);
  if (count.step()) orphans.count = count.integer(0);
  if (connection.forget_stand_in_order()) {
    connection.warn(
        fmt::format("not checked: whether rows of '{}' refer to rows of '{}', by a collation of "
                    "the application",
                    table.name.name, key.references.name));
    return {};
  }
  if (orphans.count == 0) return orphans;

  std::vector<std::string> columns;
  for (const std::string& column : key.columns) columns.push_back("c." + QuotedName(column).sql());
  Statement rows(connection, fmt::format("SELECT DISTINCT {} {} LIMIT {}", join(columns, ", "),
                                         condition, Orphans::kSamples));
  while (rows.step()) orphans.samples.push_back(sample_in(rows, key.columns.size()));
  return orphans;
}

}  // namespace dbkeeper::sqlite
