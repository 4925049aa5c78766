#include "engines/sqlite/sizes.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "dbkeeper_sqlite_sql.h"
#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

// Measuring reads every page, counting mostly the pages of one small index: in files up to here
// either takes a few milliseconds.
constexpr std::int64_t kMostMeasured = 8 << 20;
constexpr std::int64_t kMostCounted = 32 << 20;

// What can't be told of a damaged table, or with this build of SQLite, stays unknown.
template <class Work>
void if_possible(Work work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::failed) throw;
  }
}

void count(Connection& connection, Table& table) {
  if_possible([&] {
    const auto rows =
        connection.number(fmt::format("SELECT count(*) FROM {}", QuotedName(table.name).sql()));
    table.estimated_rows = rows.value_or(0);
    table.rows_exact = true;
  });
}

void estimate_from_statistics(Connection& connection, Catalog& catalog) {
  if_possible([&] {
    Statement rows(connection, sql::kStatistics);
    while (rows.step())
      if (Table* table = catalog.find_table(rows.text(0))) table->estimated_rows = rows.integer(1);
  });
}

// The highest rowid, too high where rows were deleted.
void estimate_from_rowid(Connection& connection, Table& table) {
  const std::string rowid = rowid_name(table);
  if (rowid.empty()) return;
  if_possible([&] {
    table.estimated_rows =
        connection
            .number(fmt::format("SELECT max({}) FROM {}", rowid, QuotedName(table.name).sql()))
            .value_or(0);
  });
}

void add_bytes(Table& table, std::int64_t bytes) {
  table.bytes = std::max<std::int64_t>(table.bytes, 0) + bytes;
}

void measure_bytes(Connection& connection, Catalog& catalog) {
  if_possible([&] {
    Statement rows(connection, sql::kSizes);
    while (rows.step()) {
      const std::string name(rows.text(0));
      Table* table = catalog.find_table(name);
      if (!table && name.starts_with("sqlite_autoindex_"))
        table = catalog.find_table(name.substr(17, name.rfind('_') - 17));
      if (const Object* object = catalog.find_object(name); !table && object)
        table = catalog.find_table(object->table);
      if (!table) continue;
      add_bytes(*table, rows.integer(1));
      if (Table* owner = catalog.owner_of(*table)) add_bytes(*owner, rows.integer(1));
    }
  });
}

}  // namespace

std::string rowid_name(const Table& table) {
  if (table.without_rowid) return {};
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    bool taken = false;
    for (const Column& column : table.columns) taken = taken || lower_ascii(column.name) == name;
    if (!taken) return name;
  }
  return {};
}

void measure(Connection& connection, Catalog& catalog) {
  const std::int64_t bytes = connection.file_bytes() + connection.log_bytes();
  const bool countable = bytes < kMostCounted;
  if (bytes < kMostMeasured) measure_bytes(connection, catalog);
  if (!countable) estimate_from_statistics(connection, catalog);
  for (Table& table : catalog.schema.tables) {
    if (table.kind != TableKind::plain) continue;
    if (countable)
      count(connection, table);
    else if (table.estimated_rows < 0)
      estimate_from_rowid(connection, table);
  }
}

}  // namespace dbkeeper::sqlite
