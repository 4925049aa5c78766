#include "engines/postgres/table_holds.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "engines/postgres/catalog.h"
#include "engines/postgres/lock_holder.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kLocksAtOnce = 500;
constexpr std::string_view kNoSuchTable = "42P01";
constexpr std::string_view kNoSuchSchema = "3F000";

// A statement locks the tables that it names when it is parsed. LOCK TABLE would ask for a right on
// the whole table where this role may have one on every column, a SELECT would lock every index.
std::vector<std::string> locking(const TableName& table) {
  return {fmt::format("PREPARE dbkeeper_hold AS SELECT FROM ONLY {}", QuotedName(table).sql()),
          "DEALLOCATE dbkeeper_hold"};
}
constexpr std::size_t kStatementsATable = 2;

Error gone(const TableName& table) {
  return Error(ErrorKind::failed,
               fmt::format("table {} was dropped or renamed since this run began to read",
                           display(table, kDefaultSchema)))
      .table(display(table, kDefaultSchema))
      .hint("run it again when no migration is at work");
}

Error rewritten(const TableName& table) {
  return Error(ErrorKind::failed,
               fmt::format("table {} was emptied or rewritten since this run began to read",
                           display(table, kDefaultSchema)))
      .table(display(table, kDefaultSchema))
      .hint("run it again when no migration or TRUNCATE is at work");
}

// A row for each name, in order. A right on every column is none on ctid. Ranges take a plan, and a
// planner looks into functions of a user that indexes or statistics are computed with, in a
// search_path that may not be theirs. The catalog's row is of the transaction's moment, the name
// and the file are those of now.
std::string look_sql(const std::vector<TableName>& tables) {
  std::vector<std::string> names;
  for (const TableName& table : tables) names.push_back(literal(QuotedName(table).sql()));
  return fmt::format(
      "SELECT c.relkind = 'p' OR c.relfilenode = pg_catalog.pg_relation_filenode(c.oid) AS intact,"
      " coalesce(am.amname = 'heap' AND pg_catalog.has_table_privilege(c.oid, 'SELECT'), false)"
      "   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.refclassid IN ("
      "     'pg_catalog.pg_proc'::pg_catalog.regclass, "
      "'pg_catalog.pg_operator'::pg_catalog.regclass)"
      "     AND (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid IN ("
      "         SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)"
      "       OR d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.objid IN ("
      "         SELECT e.oid FROM pg_catalog.pg_statistic_ext e WHERE e.stxrelid = c.oid)))"
      "   AS by_pages,"
      " pg_catalog.pg_relation_size(c.oid)"
      "   / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS pages,"
      " pg_catalog.pg_relation_size(c.oid)"
      "   + coalesce(pg_catalog.pg_relation_size(c.reltoastrelid), 0) AS bytes "
      "FROM pg_catalog.unnest(ARRAY[{}]::pg_catalog.text[]) WITH ORDINALITY AS held(name, number)"
      " LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(held.name)"
      " LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam "
      "ORDER BY held.number",
      join(names, ", "));
}

std::int64_t number(const pqxx::field& field) { return std::strtoll(field.c_str(), nullptr, 10); }

}  // namespace

void TableHolds::take_locks(const std::vector<TableName>& tables) {
  for (std::size_t begin = 0; begin < tables.size(); begin += kLocksAtOnce) {
    std::vector<std::string> statements;
    for (std::size_t i = begin; i < std::min(begin + kLocksAtOnce, tables.size()); ++i)
      for (std::string& statement : locking(tables[i])) statements.push_back(std::move(statement));
    const auto failure = session_->run_all(statements);
    if (!failure) continue;
    const TableName& table = tables[begin + failure->statement / kStatementsATable];
    if (failure->sqlstate == kNoSuchTable || failure->sqlstate == kNoSuchSchema) throw gone(table);
    Error error = failure->error;
    if (error.table().empty()) error.table(display(table, kDefaultSchema));
    throw with_lock_holder(error, table, *session_.sessions());
  }
}

std::vector<TableHolds::Storage> TableHolds::look_at(const std::vector<TableName>& tables) {
  if (tables.empty()) return {};
  const pqxx::result rows = session_->query(look_sql(tables));
  std::vector<Storage> out;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const pqxx::row row = rows[static_cast<pqxx::result::size_type>(i)];
    if (row["intact"].is_null() || row["intact"].c_str()[0] != 't') throw rewritten(tables[i]);
    out.push_back({number(row["pages"]), number(row["bytes"]), row["by_pages"].c_str()[0] == 't'});
  }
  return out;
}

void TableHolds::lock(const std::vector<TableName>& tables) {
  std::vector<TableName> open;
  for (const TableName& table : tables)
    if (!kept_.count(table)) open.push_back(table);
  take_locks(open);
  look_at(open);
}

void TableHolds::keep(const std::vector<TableName>& tables) {
  take_locks(tables);
  const std::vector<Storage> storages = look_at(tables);
  for (std::size_t i = 0; i < tables.size(); ++i) kept_[tables[i]] = storages[i];
}

TableHolds::Storage TableHolds::storage(const TableName& table) {
  const auto at = kept_.find(table);
  return at != kept_.end() ? at->second : look_at({table}).front();
}

}  // namespace dbkeeper::postgres
