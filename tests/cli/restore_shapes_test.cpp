// PostgreSQL databases that a backup has to bring back, each with a story: whatever the server has
// accepted, a verified backup of it can be restored.
#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;

namespace {

using Words = std::vector<std::string>;

// A database, and a backup of it in a folder of its own.
struct BackedUp {
  explicit BackedUp(const std::string& sql, const std::string& in_transaction = {})
      : database(sql) {
    if (!in_transaction.empty()) database.exec(in_transaction);
    const Run done = run({"backup", "--json", "--db", database.url(), "--dir", dir()});
    INFO(done.err);
    REQUIRE(done.exit == 0);
    file = report_of(done)["result"]["file"];
  }
  std::string dir() const { return (folder / "backups").string(); }
  nlohmann::json restored(Words words = {}) const {
    words.insert(words.begin(),
                 {"restore", file, "--yes", "--json", "--db", database.url(), "--dir", dir()});
    const Run done = run(std::move(words));
    INFO(done.err << done.out);
    REQUIRE(done.exit == 0);
    return report_of(done)["result"];
  }
  Run drilled() const {
    return run({"verify", file, "--drill", "--db", database.url(), "--dir", dir()});
  }

  ScratchFolder folder;
  ScratchPostgres database;
  std::string file;
};

std::string others_like(ScratchPostgres& database, const std::string& word) {
  return database.query(
      "SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '_" + word + "%'");
}

}  // namespace

// A dump has an empty search_path; bodies of functions were written for the application's.
TEST_CASE("what calls functions that name things without their schema comes back") {
  BackedUp shop(
      "CREATE TABLE t(a int); INSERT INTO t VALUES (1), (2);"
      "CREATE FUNCTION total() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM t';"
      "CREATE MATERIALIZED VIEW totals AS SELECT total() AS n;"
      "CREATE FUNCTION h(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';"
      "CREATE FUNCTION f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT h($1)';"
      "CREATE FUNCTION g(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN h($1); "
      "END';"
      "CREATE TABLE p(name text); INSERT INTO p SELECT 'N' || i FROM generate_series(1, 1000) i;"
      "CREATE TABLE c(v text CHECK (g(v) <> 'x'), low text GENERATED ALWAYS AS (f(v)) STORED);"
      "INSERT INTO c VALUES ('A'), ('B');"
      "CREATE INDEX ON p(f(name)); CREATE UNIQUE INDEX p_g ON p(g(name)) WHERE f(name) <> 'x';"
      "CREATE STATISTICS p_s ON (f(name)) FROM p;");
  CHECK(shop.drilled().exit == 0);
  for (const char* how : {"-q", "--in-place"}) {
    CHECK(shop.restored({how})["left_out"].empty());
    CHECK(shop.database.query("SELECT n FROM totals") == "2");
    CHECK(shop.database.query("SELECT low FROM c ORDER BY 1") == "a\nb");
    CHECK(shop.database.query("SELECT count(*) FROM pg_indexes WHERE tablename = 'p'") == "2");
  }
}

TEST_CASE("a materialized view that can't be computed any more stays empty, and is told") {
  BackedUp shop(
      "CREATE TABLE t(a int); INSERT INTO t VALUES (1);"
      "CREATE MATERIALIZED VIEW broken AS SELECT 1 / a AS n FROM t; UPDATE t SET a = 0;");
  const auto left_out = shop.restored()["left_out"];
  REQUIRE(left_out.size() == 1);
  CHECK(
      left_out[0] ==
      "materialized view data broken: division by zero (REFRESH MATERIALIZED VIEW public.broken)");
  CHECK(shop.database.query("SELECT a FROM t") == "0");
  CHECK(shop.restored({"--in-place"})["left_out"].size() == 1);
}

TEST_CASE("a database's settings come back as they were written") {
  BackedUp shop("CREATE TABLE t(a int)",
                "DO $$BEGIN EXECUTE format('ALTER DATABASE %1$I SET DateStyle = ''SQL'';"
                "ALTER DATABASE %1$I SET search_path = \"$user\", public, \"odd one\";"
                "ALTER DATABASE %1$I SET default_text_search_config = ''public.mine'';"
                "ALTER ROLE postgres IN DATABASE %1$I SET role = ''postgres'';"
                "ALTER DATABASE %1$I IS_TEMPLATE true', current_database()); END$$");
  const std::string settings =
      "SELECT s FROM pg_db_role_setting, unnest(setconfig) s WHERE setdatabase ="
      " (SELECT oid FROM pg_database WHERE datname = current_database()) AND s !~ '^dbkeeper'"
      " UNION ALL SELECT datistemplate::text FROM pg_database WHERE datname = current_database()"
      " ORDER BY 1";
  const std::string before = shop.database.query(settings);
  CHECK(before.find("DateStyle=SQL") != std::string::npos);
  CHECK(shop.drilled().exit == 0);
  CHECK(others_like(shop.database, "drill") == "0");
  CHECK(shop.restored({"--keep-old", "0"})["left_out"].empty());
  CHECK(shop.database.query(settings) == before);
  CHECK(others_like(shop.database, "before") == "0");
  shop.database.exec(
      "DO $$BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE false', current_database()); "
      "END$$");
}

TEST_CASE("foreign keys between partitioned tables and between their partitions don't deadlock") {
  std::string sql =
      "CREATE TABLE p(id int, k int, PRIMARY KEY(id, k)) PARTITION BY RANGE(k);"
      "CREATE TABLE q(id int, k int, PRIMARY KEY(id, k)) PARTITION BY RANGE(k);";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    const std::string range = " FOR VALUES FROM (" + n + ") TO (" + std::to_string(i + 1) + ");";
    for (const std::string& table : {std::string("p"), std::string("q")})
      sql += "CREATE TABLE " + table + n + " PARTITION OF " + table + range;
  }
  sql += "ALTER TABLE p ADD CONSTRAINT aaa FOREIGN KEY (id, k) REFERENCES q;";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    sql += "ALTER TABLE p" + n + " ADD CONSTRAINT zzz FOREIGN KEY (id, k) REFERENCES q" + n + ";";
  }
  const BackedUp shop(sql);
  for (const char* jobs : {"2", "4"}) shop.restored({"-j", jobs, "--keep-old", "0"});
}

// The hash is of the label's number, which is another in every database.
TEST_CASE("rows of partitions by the hash of an enum come back, in whichever partition") {
  std::string sql =
      "CREATE TYPE mood AS ENUM ('z', 'a', 'm'); CREATE TABLE p(m mood) PARTITION BY HASH(m);"
      "CREATE TABLE p3 PARTITION OF p FOR VALUES WITH (MODULUS 4, REMAINDER 3) PARTITION BY LIST "
      "(m);"
      "CREATE TABLE p3_all PARTITION OF p3 DEFAULT;";
  for (const char* n : {"0", "1", "2"})
    sql += "CREATE TABLE p" + std::string(n) +
           " PARTITION OF p FOR VALUES WITH (MODULUS 4, REMAINDER " + n + ");";
  BackedUp shop(sql +
                "INSERT INTO p SELECT unnest(ARRAY['z', 'a', 'm']::mood[])"
                " FROM generate_series(1, 500);");
  const Run done = shop.drilled();
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  for (const char* how : {"-q", "--in-place"}) {
    shop.restored({how});
    CHECK(shop.database.query("SELECT m, count(*) FROM p GROUP BY m ORDER BY m") ==
          "z|500\na|500\nm|500");
  }
}

TEST_CASE("a database with a subscription is drilled, and nothing stays behind") {
  BackedUp shop("CREATE TABLE t(a int); INSERT INTO t VALUES (1);",
                "CREATE SUBSCRIPTION shop_sub CONNECTION 'dbname=nowhere' PUBLICATION p"
                "  WITH (connect = false, slot_name = NONE)");
  const Run done = shop.drilled();
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  CHECK(others_like(shop.database, "drill") == "0");
  shop.database.exec("DROP SUBSCRIPTION shop_sub");
}

TEST_CASE("what is called revoke or role is no role") {
  BackedUp shop(
      "CREATE TABLE t(a int); CREATE ROLE shop_gone; CREATE ROLE shop_there; CREATE SCHEMA role;"
      "CREATE FUNCTION f(\"revoke\" int, role text) RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "GRANT EXECUTE ON FUNCTION f TO shop_gone;"
      "ALTER DEFAULT PRIVILEGES IN SCHEMA role GRANT SELECT ON TABLES TO shop_there;");
  shop.database.exec("DROP OWNED BY shop_gone; DROP ROLE shop_gone");
  const auto left_out = shop.restored({"--in-place"})["left_out"];
  REQUIRE(left_out.size() == 1);
  CHECK(std::string(left_out[0]).find("there is no role shop_gone") != std::string::npos);
  CHECK(shop.database.query("SELECT defaclacl FROM pg_default_acl") == "{shop_there=r/postgres}");
  shop.database.exec("DROP OWNED BY shop_there; DROP ROLE shop_there");
}

TEST_CASE("a restore names the command that takes it back, if anything does") {
  const BackedUp shop("CREATE TABLE t(a int); INSERT INTO t VALUES (1);");
  const std::string undo = shop.restored()["undo"];
  CHECK(undo.find("dbkeeper restore --undo --db ") == 0);
  CHECK(shop.restored({"--in-place"})["undo"] == undo);
  CHECK(shop.restored({"--keep-old", "0"})["undo"].is_null());
}

// Its sessions lock every table one after another, and whoever comes between them waits for one of
// them while the next waits for who came.
TEST_CASE("a migration that comes while a backup begins gets its turn, and the backup is made") {
  std::string sql = "CREATE TABLE zz(a int);";
  for (int i = 0; i < 60; ++i)
    sql += "CREATE TABLE t" + std::to_string(i) + " AS SELECT generate_series(1, 200) AS a;";
  ScratchPostgres database(sql);
  const ScratchFolder folder;
  for (int delay = 20; delay <= 320; delay += 30) {
    Running backup({"backup", "-q", "--no-verify", "--db", database.url(), "--dir",
                    (folder / std::to_string(delay)).string()});
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    const auto begin = std::chrono::steady_clock::now();
    database.exec("ALTER TABLE zz ADD COLUMN c" + std::to_string(delay) + " int");
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
    const Run done = backup.wait();
    INFO("after " << delay << " ms: " << done.err);
    CHECK(done.exit == 0);
  }
}
