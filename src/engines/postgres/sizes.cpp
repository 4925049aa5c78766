#include "engines/postgres/sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/savepoint.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::int64_t kCountedBytes = 8 << 20;
constexpr std::size_t kCountsAtOnce = 200;

// What the catalog knows of a table's own storage.
struct Storage {
  Table* table;
  double tuples;  // at the last ANALYZE or VACUUM; before the first -1, or 0 up to version 13
  double pages_then;
  std::int64_t pages;
  std::int64_t bytes;

  bool analysed() const { return tuples >= 0 && (pages_then > 0 || pages == 0); }
};

Table* find(Schema& schema, const TableName& name) {
  const auto at = std::lower_bound(
      schema.tables.begin(), schema.tables.end(), name,
      [](const Table& table, const TableName& wanted) { return table.name < wanted; });
  return at == schema.tables.end() || at->name != name ? nullptr : &*at;
}

std::vector<Storage> storages(Session& session, Schema& schema) {
  std::vector<Storage> out;
  for (const auto& row : session.query(sql::kSizes)) {
    Table* const table = find(schema, {row["nspname"].c_str(), row["relname"].c_str()});
    if (!table || row["bytes"].is_null() || row["pages"].is_null()) continue;
    out.push_back({table, std::strtod(row["reltuples"].c_str(), nullptr),
                   std::strtod(row["relpages"].c_str(), nullptr),
                   std::strtoll(row["pages"].c_str(), nullptr, 10),
                   std::strtoll(row["bytes"].c_str(), nullptr, 10)});
  }
  return out;
}

bool may_count(const Table& table) { return table.readable && !table.row_security_applies; }

void count(Session& session, const std::vector<Table*>& tables) {
  std::string sql;
  for (std::size_t i = 0; i < tables.size(); ++i)
    sql += fmt::format("{}SELECT {} AS number, count(*) FROM {}", i ? " UNION ALL " : "", i,
                       from_clause(*tables[i]));
  for (const auto& row : session.query(sql)) {
    Table& table = *tables[std::strtoul(row[0].c_str(), nullptr, 10)];
    table.estimated_rows = std::strtoll(row[1].c_str(), nullptr, 10);
    table.rows_exact = true;
  }
}

// The number behind rows= in the first line of a plan.
void ask_planner(Session& session, Table& table) {
  const std::string plan = session.query("EXPLAIN SELECT FROM " + from_clause(table))[0][0].c_str();
  const std::size_t rows = plan.find("rows=");
  if (rows != std::string::npos)
    table.estimated_rows = std::strtoll(plan.c_str() + rows + 5, nullptr, 10);
}

// Nobody waits for an estimate: what can't be had at once stays unknown. Rolling back gives up the
// locks, and the short patience with them.
template <class Work>
void if_possible(Session& session, Work work) {
  try {
    session.command("SET LOCAL lock_timeout = '100ms'");
    work();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session.alive()) throw;
  }
  roll_back_to_savepoint(session);
}

void estimate(Session& session, const std::vector<Storage>& all) {
  std::vector<Table*> to_count;
  for (const Storage& storage : all) {
    Table& table = *storage.table;
    if (storage.pages == 0) {
      table.estimated_rows = 0;
      table.rows_exact = true;
    } else if (storage.analysed()) {
      table.estimated_rows =
          std::llround(storage.tuples / storage.pages_then * static_cast<double>(storage.pages));
    } else if (may_count(table) && storage.bytes < kCountedBytes) {
      to_count.push_back(&table);
    } else if (may_count(table)) {
      if_possible(session, [&] { ask_planner(session, table); });
    }
  }
  for (std::size_t i = 0; i < to_count.size(); i += kCountsAtOnce) {
    const auto begin = to_count.begin() + static_cast<std::ptrdiff_t>(i);
    const std::vector<Table*> some(
        begin, begin + static_cast<std::ptrdiff_t>(std::min(kCountsAtOnce, to_count.size() - i)));
    if_possible(session, [&] { count(session, some); });
  }
}

void add(std::int64_t& sum, std::int64_t part) {
  if (part >= 0) sum = std::max<std::int64_t>(sum, 0) + part;
}

// Partitioned tables hold nothing themselves: each leaf counts for all those above it.
void add_up_partitions(Schema& schema) {
  for (Table& table : schema.tables)
    if (table.kind == TableKind::partitioned) table.estimated_rows = table.bytes = 0;
  for (const Table& leaf : schema.tables) {
    if (leaf.kind == TableKind::partitioned || !leaf.partition_of) continue;
    Table* above = find(schema, *leaf.partition_of);
    while (above) {
      add(above->estimated_rows, leaf.estimated_rows);
      add(above->bytes, leaf.bytes);
      above = above->partition_of ? find(schema, *above->partition_of) : nullptr;
    }
  }
}

}  // namespace

void measure(Session& session, Schema& schema) {
  std::vector<Storage> all;
  if_possible(session, [&] { all = storages(session, schema); });
  for (const Storage& storage : all) storage.table->bytes = storage.bytes;
  estimate(session, all);
  add_up_partitions(schema);
}

}  // namespace dbkeeper::postgres
