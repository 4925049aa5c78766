// Rows and values counted in one go: what every engine promises of Snapshot::counts().
#include <fmt/format.h>

#include "engines/contract_engines.h"
#include "support/catch.h"
#include "support/open.h"

namespace dbkeeper::testing {
namespace {

using Counts = std::vector<std::int64_t>;
using Columns = std::vector<std::string>;

Counts counts_in(Database& database, const std::string& table, const Columns& columns) {
  const auto snapshot = database.snapshot();
  return snapshot->counts(table_in(snapshot->schema(), table), columns);
}

Columns many_columns(int number) {
  Columns out;
  for (int i = 1; i <= number; ++i) out.push_back(fmt::format("c{}", i));
  return out;
}

std::string create_table(const Columns& columns) {
  return fmt::format("CREATE TABLE wide ({} smallint)", fmt::join(columns, " smallint, "));
}

}  // namespace

TEMPLATE_TEST_CASE("rows and the values of columns are counted in the order asked for",
                   "[contract]", Memory, Sqlite, Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  CHECK(counts_in(*database, "authors", {"name", "id", "email"}) == Counts{2, 1, 2, 2});
  CHECK(counts_in(*database, "people", {"boss_id", "team_id"}) == Counts{4, 2, 3});
  CHECK(counts_in(*database, "strays", {}) == Counts{9});
  CHECK(counts_in(*database, "values", {"a", "d"}) == Counts{0, 0, 0});
}

TEMPLATE_TEST_CASE("a column that isn't there fails the count and leaves the snapshot usable",
                   "[contract]", Sqlite, Postgresql) {
  TestType engine;
  const auto database = engine.open(Access::read);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  CHECK_THROWS_AS(snapshot->counts(table_in(schema, "authors"), {"no such"}), Error);
  CHECK(snapshot->counts(table_in(schema, "authors"), {"name"}) == Counts{2, 1});
}

TEST_CASE("the values of 1,600 columns are counted in PostgreSQL") {
  const Columns columns = many_columns(1600);
  ScratchPostgres scratch(create_table(columns));
  scratch.exec("INSERT INTO wide (c1, c1600) VALUES (1, NULL), (NULL, 2), (3, 4)");
  Counts expected(1601);
  expected[0] = 3;
  expected[1] = expected[1600] = 2;
  CHECK(counts_in(*open(scratch.url()), "wide", columns) == expected);
}

TEST_CASE("the values of 2,000 columns are counted in SQLite") {
  const Columns columns = many_columns(2000);
  ScratchSqlite scratch(create_table(columns));
  scratch.exec("INSERT INTO wide (c1, c1000, c1001, c2000) VALUES (1, 2, 3, NULL), (0, 0, 0, 0)");
  Counts expected(2001);
  expected[0] = expected[1] = expected[1000] = expected[1001] = 2;
  expected[2000] = 1;
  CHECK(counts_in(*open(scratch.url()), "wide", columns) == expected);
}

TEST_CASE("the rows of partitions are counted with their root, those of heirs aren't") {
  ScratchPostgres scratch(R"(
    CREATE TABLE days (day date NOT NULL, note text) PARTITION BY RANGE (day);
    CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    CREATE TABLE days_2 PARTITION OF days DEFAULT;
    INSERT INTO days VALUES ('2026-01-01', 'a'), ('2026-03-01', NULL), ('2026-03-02', 'b');
    CREATE TABLE things (a text);
    CREATE TABLE special_things (b text) INHERITS (things);
    INSERT INTO things VALUES ('x');
    INSERT INTO special_things VALUES ('y', 'z'), (NULL, 'z');)");
  const auto database = open(scratch.url());
  CHECK(counts_in(*database, "days", {"day", "note"}) == Counts{3, 3, 2});
  CHECK(counts_in(*database, "things", {"a"}) == Counts{1, 1});
  CHECK(counts_in(*database, "special_things", {"a", "b"}) == Counts{2, 1, 2});
}

}  // namespace dbkeeper::testing
