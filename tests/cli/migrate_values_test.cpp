// Values that a migration made others, while it lost none: told by a comparison with the copy.
#include "cli/migration.h"
#include "support/catch.h"

using namespace dbkeeper::testing;

namespace {

template <class Scratch>
nlohmann::json losses_of(const Shop<Scratch>&, const Run& run) {
  return report_of(run)["result"]["losses"];
}

}  // namespace

TEMPLATE_TEST_CASE("values that were shortened, emptied or exchanged are named with their number",
                   "", ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const auto [harm, column, others] = GENERATE(table<std::string, std::string, int>(
      {{"UPDATE customer SET name = substr(name, 1, 2)", "name", 2},
       {"UPDATE customer SET nickname = '' WHERE nickname IS NOT NULL", "nickname", 2},
       {"UPDATE customer SET name = CASE id WHEN 1 THEN 'bob' WHEN 2 THEN 'ann' ELSE name END",
        "name", 2},
       {"UPDATE customer SET nickname = CASE id WHEN 2 THEN 'b' WHEN 3 THEN NULL ELSE 'a' END",
        "nickname", 1},
       {"UPDATE orders SET id = id + 10 WHERE id > 2", "id", 2}}));
  INFO(harm);
  SECTION("they are warnings, under --strict as well") {
    const Run done = shop.sql({"--strict", "--json"}, {harm});
    INFO(done.err);
    REQUIRE(done.exit == 0);
    REQUIRE(losses_of(shop, done).size() == 1);
    const auto loss = losses_of(shop, done)[0];
    CHECK(loss["kind"] == "values changed");
    CHECK(loss["column"] == column);
    CHECK(loss["before"].template get<int>() - loss["after"].template get<int>() == others);
    CHECK_THAT(done.err, contains("changed: "));
  }
  SECTION("they fail with --strict=values, unless they are meant") {
    CHECK(shop.sql({"--strict=values"}, {harm}).exit == 6);
    CHECK(shop.undo().exit == 0);
    CHECK(shop.customers() == kCustomers);
    CHECK(
        shop.sql({"--strict=values", "--expect-loss", "customer." + column + ",orders.id"}, {harm})
            .exit == 0);
    drop_put_aside(shop.database);
  }
}

TEMPLATE_TEST_CASE("what only adds, moves to another type or goes with its row is no other value",
                   "", ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Run done = shop.sql(
      {"--strict=values", "--expect-loss", "orders", "--json"},
      {"ALTER TABLE customer ADD COLUMN mail TEXT",
       "UPDATE customer SET mail = name, nickname = coalesce(nickname, 'x')",
       "INSERT INTO customer (id, name) VALUES (9, 'zoe')", "DELETE FROM orders WHERE id = 4"});
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  CHECK(losses_of(shop, done).size() == 1);
}

TEST_CASE("a column of another type is compared by what its values say") {
  Shop<ScratchPostgres> shop;
  SECTION("all the same") {
    const Run done =
        shop.sql({"--strict=values"}, {"ALTER TABLE orders ALTER total TYPE numeric(12, 2)",
                                       "ALTER TABLE orders ALTER id TYPE bigint",
                                       "ALTER TABLE customer ALTER name TYPE varchar(80)"});
    INFO(done.err);
    CHECK(done.exit == 0);
  }
  SECTION("one is another") {
    const Run failed =
        shop.sql({"--strict=values"}, {"ALTER TABLE orders ALTER total TYPE text USING "
                                       "CASE WHEN total > 30 THEN 'much' ELSE total::text END"});
    INFO(failed.err);
    CHECK(failed.exit == 6);
    CHECK_THAT(failed.err, contains("orders.total: 1 of 4 values is another now"));
  }
  SECTION("what can't be compared is said") {
    const Run done =
        shop.sql({"--strict=values"}, {"ALTER TABLE orders ALTER total TYPE timestamp USING "
                                       "to_timestamp(total)"});
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK_THAT(done.err, contains("values of orders.total are not compared"));
  }
}

TEMPLATE_TEST_CASE("values of a table without a key are compared as a whole", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  shop.database.exec("CREATE TABLE log (line TEXT)");
  shop.database.exec("INSERT INTO log VALUES ('one'), ('two'), ('two'), ('three')");
  const Run failed = shop.sql(
      {"--strict=values"},
      {"UPDATE log SET line = 'gone' WHERE line = 'two'", "INSERT INTO log VALUES ('four')"});
  INFO(failed.err);
  CHECK(failed.exit == 6);
  CHECK_THAT(failed.err, contains("log.line: 2 of 4 values are others now"));
}

TEMPLATE_TEST_CASE("tables and columns that held nothing are named as well", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  shop.database.exec("CREATE TABLE unused (id INTEGER)");
  shop.database.exec("ALTER TABLE customer ADD COLUMN later TEXT");
  const Words harm = {"DROP TABLE unused", "ALTER TABLE customer DROP COLUMN later"};
  const Run failed = shop.sql({"--strict"}, harm);
  INFO(failed.err);
  CHECK(failed.exit == 6);
  CHECK_THAT(failed.err, contains("unused: the table is gone; it had no rows"));
  CHECK_THAT(failed.err, contains("customer.later: the column is gone; it had no values"));
  CHECK(shop.undo().exit == 0);
  CHECK(shop.sql({"--strict", "--expect-loss", "unused,customer.later"}, harm).exit == 0);
  drop_put_aside(shop.database);
}

TEST_CASE("a rehearsal stops where values would be others") {
  Shop<ScratchSqlite> shop;
  const Run failed =
      shop.sql({"--rehearse", "--strict=values"}, {"UPDATE customer SET name = 'x'"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("customer.name: 3 of 3 values are others now"));
  CHECK(shop.customers() == kCustomers);
}

TEST_CASE("the option --strict takes a value behind = alone, and true in the config file") {
  Shop<ScratchSqlite> shop;
  CHECK(run({"migrate", "--strict=all", "--", "true"}).exit == 2);
  const ScratchFolder project;
  project.write("dbkeeper.toml", "[migrate]\nstrict = true\n");
  const Run failed = run({"migrate", "--db", shop.database.url(), "--dir", shop.dir(), "--",
                          "sqlite3", shop.database.path().string(), "DELETE FROM orders"},
                         {.cwd = project.path()});
  INFO(failed.err);
  CHECK(failed.exit == 6);
  CHECK_THAT(run({"migrate", "--help"}).out, contains("--strict[=losses|values]"));
}
