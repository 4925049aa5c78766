// Every fixture loads, and the engines find in it what the servers' own catalogs say is there.
#include "support/fixtures.h"

#include <map>
#include <set>
#include <sstream>

#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using Names = std::set<std::string>;

constexpr std::string_view kPostgresTables = R"(
  SELECT nspname || '.' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'f') AND relpersistence <> 't'
    AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))";

constexpr std::string_view kSqliteTables = R"(
  SELECT 'main.' || name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite$_%'
    ESCAPE '$')";

Names lines(const std::string& text) {
  Names names;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) names.insert(line);
  return names;
}

Names tables_found(const std::string& url) {
  const auto database = open(url);
  Names names;
  for (const Table& table : database->snapshot()->schema().tables) {
    names.insert(table.name.schema + "." + table.name.name);
  }
  return names;
}

std::map<std::string, std::int64_t> rows_found(const std::string& url) {
  const auto database = open(url);
  const auto snapshot = database->snapshot();
  std::map<std::string, std::int64_t> rows;
  for (const Table& table : snapshot->schema().tables) {
    rows[table.name.name] = snapshot->count(table);
  }
  return rows;
}

}  // namespace

TEST_CASE("every PostgreSQL fixture loads, and the engine finds its tables") {
  for (const std::string& name : fixtures_for("postgres")) {
    CAPTURE(name);
    ScratchPostgres database(fixture(name));
    CHECK(tables_found(database.url()) == lines(database.query(kPostgresTables)));
  }
}

TEST_CASE("every SQLite fixture loads, and the engine finds its tables") {
  for (const std::string& name : fixtures_for("sqlite")) {
    CAPTURE(name);
    ScratchSqlite database(fixture(name));
    CHECK(tables_found(database.url()) == lines(database.query(kSqliteTables)));
  }
}

TEST_CASE("an application's fixture holds the same tables and rows on both engines") {
  for (const std::string name : {"gym", "forum", "planner"}) {
    CAPTURE(name);
    const ScratchPostgres postgres(fixture(name + ".postgres.sql"));
    const ScratchSqlite sqlite(fixture(name + ".sqlite.sql"));
    const auto rows = rows_found(postgres.url());
    CHECK(rows == rows_found(sqlite.url()));
    CHECK(rows.size() >= 7);
  }
}

TEST_CASE("a large schema loads on both engines") {
  const ScratchPostgres postgres(large_schema(300));
  const ScratchSqlite sqlite(large_schema(300));
  CHECK(tables_found(postgres.url()).size() == 300);
  CHECK(tables_found(sqlite.url()).size() == 300);
}

}  // namespace dbkeeper::testing
