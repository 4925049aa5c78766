// dbkeeper diff, on both engines.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

nlohmann::json result_of(std::vector<std::string> args, int exit, const RunOptions& options = {}) {
  args.insert(args.begin(), "diff");
  args.push_back("--json");
  const Run done = run(std::move(args), options);
  INFO(done.out << done.err);
  REQUIRE(done.exit == exit);
  return nlohmann::json::parse(done.out)["result"];
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// Two databases of the same fixture, and an export of the first.
template <class Scratch>
struct Twins {
  explicit Twins(const std::string& name) : a(fixture(name)), b(fixture(name)) {
    const Run done = run({"export", "--db", a.url(), "-o", file});
    INFO(done.err);
    REQUIRE(done.exit == 0);
  }

  Scratch a;
  Scratch b;
  ScratchFolder folder;
  const std::string file = (folder / "a.json.zst").string();
};

constexpr const char* kTables =
    "CREATE TABLE parents(id integer PRIMARY KEY, name text NOT NULL UNIQUE);"
    "CREATE TABLE seats(line integer, number integer, taken integer, PRIMARY KEY(line, number));"
    "CREATE TABLE log(at integer, what text);"
    "CREATE TABLE children(id integer PRIMARY KEY, parent_id integer REFERENCES parents(id));"
    "INSERT INTO parents VALUES(1, 'ann'), (2, 'bob'), (3, 'cy');"
    "INSERT INTO seats VALUES(1, 1, 0), (1, 2, 0), (2, 1, 1);"
    "INSERT INTO log VALUES(1, 'x'), (1, 'x'), (2, 'y');"
    "INSERT INTO children VALUES(1, 1), (2, NULL);";

template <class Scratch>
void compare_changed() {
  const Scratch a(kTables);
  Scratch b(kTables);
  CHECK(result_of({a.url(), b.url()}, 0)["equal"] == true);
  b.exec(
      "UPDATE parents SET name = 'Bob' WHERE id = 2; DELETE FROM parents WHERE id = 3;"
      "UPDATE seats SET taken = 1 WHERE number = 2; INSERT INTO seats VALUES(9, 9, 0);"
      "INSERT INTO log VALUES(1, 'x'), (3, 'z'); ALTER TABLE children ADD COLUMN nick text;"
      "CREATE TABLE extra(id integer PRIMARY KEY);");
  const auto result = result_of({a.url(), b.url()}, 6);
  CHECK(result["equal"] == false);
  CHECK(result["only_b"] == nlohmann::json{"extra"});
  const auto& parents = result["tables"]["parents"]["rows"];
  CHECK(parents["only_a"] == 1);
  CHECK(parents["first_only_a"][0]["key"]["id"] == 3);
  CHECK(parents["first_changed"] ==
        nlohmann::json::parse(R"([{"key":{"id":2},"columns":["name"]}])"));
  const auto& seats = result["tables"]["seats"]["rows"];
  CHECK(seats["first_changed"][0]["key"] == nlohmann::json::parse(R"({"line":1,"number":2})"));
  CHECK(seats["first_only_b"][0]["key"] == nlohmann::json::parse(R"({"line":9,"number":9})"));
  const auto& log = result["tables"]["log"]["rows"];
  CHECK(log["matched_by"] == "all columns");
  CHECK(log["a"] == 3);
  CHECK(log["b"] == 5);
  CHECK(log["only_b"] == 2);
  const auto& children = result["tables"]["children"];
  CHECK(children["schema"][0]["what"] == "column");
  CHECK(children["schema"][0]["column"] == "nick");
  CHECK(children["rows"]["changed"] == 0);
  CHECK(result_of({a.url(), b.url(), "--include", "children", "--rows-only"}, 0)["equal"] == true);
  CHECK(result_of({a.url(), b.url(), "--include", "parents", "--schema-only"}, 0)["equal"] == true);
}

template <class Scratch>
void compare_exports(const std::vector<std::string>& fixtures) {
  for (const std::string& name : fixtures) {
    CAPTURE(name);
    const Twins<Scratch> twins(name);
    CHECK(result_of({twins.file, twins.a.url()}, 0)["equal"] == true);
    CHECK(result_of({twins.b.url(), twins.file}, 0)["equal"] == true);
    CHECK(result_of({twins.a.url(), twins.b.url()}, 0)["equal"] == true);
  }
}

}  // namespace

TEST_CASE("diff finds what was changed in PostgreSQL") { compare_changed<ScratchPostgres>(); }
TEST_CASE("diff finds what was changed in SQLite") { compare_changed<ScratchSqlite>(); }

TEST_CASE("an export is equal to the database that it is of, whatever that holds") {
  compare_exports<ScratchPostgres>(
      {"gym.postgres.sql", "planner.postgres.sql", "domains_enums_composites_arrays.postgres.sql",
       "partitions.postgres.sql", "inheritance.postgres.sql", "generated_columns.postgres.sql",
       "quoted_names.postgres.sql", "no_primary_key.sql", "zero_columns.postgres.sql",
       "identity_always.postgres.sql", "partial_and_expression_keys.postgres.sql"});
  compare_exports<ScratchSqlite>({"gym.sqlite.sql", "planner.sqlite.sql",
                                  "without_rowid.sqlite.sql", "generated_columns.sqlite.sql",
                                  "quoted_names.sqlite.sql", "virtual_tables.sqlite.sql",
                                  "no_primary_key.sql", "partial_and_expression_keys.sqlite.sql"});
}

TEST_CASE("an export is compared with a database that was changed since") {
  Twins<ScratchPostgres> twins("gym.postgres.sql");
  twins.a.exec("UPDATE users SET full_name = 'Someone Else' WHERE id = 2");
  const auto result = result_of({twins.file, twins.a.url()}, 6);
  CHECK(result["a"]["kind"] == "export");
  CHECK(result["b"]["kind"] == "database");
  CHECK(result["tables"]["users"]["rows"]["first_changed"][0]["columns"] ==
        nlohmann::json{"full_name"});
  CHECK(result["schema_versions"][0]["a"] == result["schema_versions"][0]["b"]);
  twins.a.exec("UPDATE alembic_version SET version_num = 'another'");
  CHECK(result_of({twins.file, twins.a.url(), "--schema-only"}, 6)["schema_versions"][0]["b"] ==
        "another");
}

TEST_CASE("an export can come from a pipe, and stand alone beside --db") {
  const Twins<ScratchSqlite> twins("gym.sqlite.sql");
  const std::string document = read_file(twins.file);
  CHECK(result_of({"-", twins.a.url()}, 0, {.input = document})["a"]["name"] == "stdin");
  CHECK(result_of({twins.b.url(), "-"}, 0, {.input = document})["equal"] == true);
  const auto result = result_of({twins.file, "--db", twins.a.url()}, 0);
  CHECK(result["a"]["kind"] == "database");
  CHECK(result["b"]["kind"] == "export");
  CHECK(result_of({twins.a.path().string(), twins.b.path().string()}, 0)["equal"] == true);

  const Run both = run({"diff", "-", "-"}, {.input = document});
  CHECK(both.exit == 2);
  CHECK(run({"diff", twins.file}).exit == 2);
  CHECK(run({"diff"}).exit == 2);
}

TEST_CASE("a side that can't be read is told as what it is") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  CHECK(run({"diff", gym.url(), "/no/such/export.json"}).exit == 4);
  CHECK(run({"diff", gym.url(), "sqlite:////no/such/file.db"}).exit == 3);
  CHECK(run({"diff", gym.url(), "mysql://localhost/shop"}).exit == 2);
  const ScratchFolder folder;
  CHECK(
      run({"diff", folder.write("cut.json", "{\"export_metadata\": ").string(), gym.url()}).exit ==
      4);
}

TEST_CASE("a password in an address of diff is never shown") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  for (const char* address :
       {"postgres://someone:hush-hush@127.0.0.1:1/shop",
        "host=127.0.0.1 port=1 user=someone password=hush-hush dbname=shop"}) {
    const Run done = run({"diff", address, gym.url(), "--json", "-v"});
    CHECK(done.exit == 3);
    CHECK_THAT(done.out + done.err, !contains("hush-hush"));
  }
  const ScratchPostgres a(kTables);
  std::string url = a.url() + (a.url().find('?') == std::string::npos ? "?" : "&");
  url += "sslpassword=hush-hush";
  const Run done = run({"diff", url, gym.url(), "--json", "-v"});
  CHECK(done.exit == 6);
  CHECK_THAT(done.out + done.err, !contains("hush-hush"));
}

TEST_CASE("a database is equal to itself") {
  const ScratchPostgres a(kTables);
  const Run done = run({"diff", a.url(), a.url()});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK_THAT(done.out, contains("equal: 4 tables, 11 rows"));
}

TEST_CASE("diff tells in a text what differs") {
  const ScratchSqlite a(kTables);
  ScratchSqlite b(kTables);
  b.exec("DELETE FROM parents WHERE id = 3; INSERT INTO log VALUES(3, 'it''s'), (3, 'it''s')");
  const Run done = run({"diff", a.url(), b.url()});
  CHECK(done.exit == 6);
  CHECK_THAT(done.out, contains("\nparents\n  rows: 1 only in A, 0 only in B, 0 changed; 3 in A, "
                                "2 in B\n    only in A  id 3\n") &&
                           contains("    only in B  at 3, what \"it's\" (2 times)\n"));
  CHECK_THAT(done.err, contains("differ: 2 of 4 tables"));
}

TEST_CASE("a schema that an address is limited to is compared, others are named") {
  const char* tables =
      "CREATE SCHEMA app; CREATE TABLE app.users(id int PRIMARY KEY);"
      "CREATE TABLE other(id int PRIMARY KEY);";
  const ScratchPostgres a(tables);
  ScratchPostgres b(tables);
  b.exec("INSERT INTO other VALUES(1)");
  const std::string limited =
      a.url() + (a.url().find('?') == std::string::npos ? "?" : "&") + "schema=app";
  CHECK(result_of({a.url(), b.url()}, 6)["tables"]["other"]["equal"] == false);
  const auto result = result_of({limited, b.url()}, 0);
  CHECK(result["tables"].contains("app.users"));
  CHECK(result["not_compared"][0]["table"] == "other");
}
