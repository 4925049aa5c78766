// dbkeeper restore --in-place, as a user meets it.
#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/json.h"
#include "cli/notes.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/seed.h"

using namespace dbkeeper::testing;

TEMPLATE_TEST_CASE("a restore in place makes a safety backup, and writes over what is there", "",
                   ScratchSqlite, ScratchPostgres) {
  Changed<TestType> shop;
  const Run done = shop.restore({shop.file, "--in-place", "--yes", "--json"});
  INFO(done.err << done.out);
  REQUIRE(done.exit == 0);
  CHECK(shop.rows() == kBefore);
  const auto result = report_of(done)["result"];
  CHECK(result["put_aside"].is_null());
  REQUIRE(result["safety_backup"].is_string());
  const std::string safety = result["safety_backup"];
  const Run undone = shop.restore({safety, "--in-place", "--yes"});
  INFO(undone.err);
  REQUIRE(undone.exit == 0);
  CHECK(shop.rows() == kAfter);
}

TEST_CASE("a restore in place of a database that isn't there is wrong usage") {
  Changed<ScratchPostgres> shop;
  const Run refused = shop.restore(
      {shop.file, "--in-place", "--yes", "--to", postgres_url(shop.database.name() + "_none")});
  CHECK(refused.exit == 2);
  CHECK(refused.err.find("--in-place") != std::string::npos);
}

TEST_CASE("a role that may not create databases restores in place of itself, and says so") {
  Changed<ScratchPostgres> shop;
  const std::string role = shop.database.name() + "_app";
  shop.database.exec("CREATE ROLE " + role + " LOGIN; ALTER TABLE note OWNER TO " + role +
                     "; GRANT CREATE ON SCHEMA public TO " + role);
  std::string url = shop.database.url();
  url.replace(url.find("postgres@"), 8, role);
  const Run done = run({"restore", shop.file, "--yes", "--db", url, "--dir", shop.dir()});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(done.err.find("this role may not create databases") != std::string::npos);
  CHECK(shop.rows() == kBefore);
  shop.database.exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("so does one that could not make an extension of the database in a new one") {
  Changed<ScratchPostgres> shop;
  const std::string before = shop.rows();
  shop.database.exec("CREATE EXTENSION pg_buffercache");
  const std::string file = report_of(run(
      {"backup", "--json", "--db", shop.database.url(), "--dir", shop.dir()}))["result"]["file"];
  const std::string role = shop.database.name() + "_app";
  shop.database.exec("DELETE FROM note; CREATE ROLE " + role + " LOGIN CREATEDB; ALTER DATABASE " +
                     shop.database.name() + " OWNER TO " + role + "; ALTER TABLE note OWNER TO " +
                     role + "; GRANT CREATE ON SCHEMA public TO " + role);
  std::string url = shop.database.url();
  url.replace(url.find("postgres@"), 8, role);
  const Run done = run({"restore", file, "--yes", "--db", url, "--dir", shop.dir()});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(done.err.find("could not make its extension pg_buffercache") != std::string::npos);
  CHECK(shop.rows() == before);
  shop.database.exec("ALTER DATABASE " + shop.database.name() + " OWNER TO postgres;" +
                     "DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("under --no-terminate a restore in place is refused as long as others are there") {
  Changed<ScratchPostgres> shop;
  Running other(
      {"-X", "-d", shop.database.url(), "-c", "SELECT 1 AS there", "-c", "SELECT pg_sleep(30)"},
      {.binary = postgres_programs() / "psql"});
  other.wait_for("there");
  const Run refused = shop.restore({shop.file, "--in-place", "--yes", "--no-terminate"});
  CHECK(refused.exit == 7);
  CHECK(refused.err.find("psql") != std::string::npos);
  CHECK(shop.rows() == kAfter);
  const Run done = shop.restore({shop.file, "--in-place", "--yes"});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(done.err.find("sessions on the database were ended") != std::string::npos);
  CHECK(shop.rows() == kBefore);
}

TEST_CASE("a restore in place killed at a random moment leaves the old or the new database") {
  Changed<ScratchPostgres> shop;
  const Seed seed;
  INFO(seed.hint());
  auto dice = seed.dice();
  for (int i = 0; i < rounds(12); ++i) {
    Running restoring({"restore", shop.file, "--in-place", "--yes", "--no-safety-backup", "--db",
                       shop.database.url(), "--dir", shop.dir()});
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution(0, 400)(dice)));
    restoring.signal(SIGKILL);
    restoring.wait();
    const std::string rows = shop.rows();
    CHECK((rows == kAfter || rows == kBefore));
  }
  const Run done = shop.restore({shop.file, "--in-place", "--yes"});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(shop.rows() == kBefore);
}
