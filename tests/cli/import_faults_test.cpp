// What goes wrong during an import: a clear error, the right exit code, and a database that is as
// it was.
#include <csignal>
#include <random>
#include <thread>

#include "cli/import_databases.h"
#include "engines/postgres/lock.h"
#include "support/seed.h"

using namespace dbkeeper::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr int kManyRows = 40000;

std::string numbers(Engine engine, int count) {
  return engine == Engine::sqlite
             ? "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                   std::to_string(count) + ") "
             : "WITH n(i) AS (SELECT generate_series(1, " + std::to_string(count) + ")) ";
}

// Two tables of many rows, each row with this value.
DatabasePtr many_rows(Engine engine, const std::string& value) {
  const std::string n = numbers(engine, kManyRows);
  return make_database(
      engine,
      "CREATE TABLE parents(id $ID, email text NOT NULL UNIQUE, v text);"
      "CREATE TABLE children(id $ID, parent_id int NOT NULL REFERENCES parents(id), v text);"
      "CREATE INDEX of_parent ON children(parent_id);" +
          n + "INSERT INTO parents(email, v) SELECT 'u' || i, '" + value + "' FROM n;" + n +
          "INSERT INTO children(parent_id, v) SELECT i, '" + value + "' FROM n");
}

std::string values_of(AnyDatabase& database) {
  return database.query(
      "SELECT (SELECT count(*) || min(v) || max(v) FROM parents) || "
      "(SELECT count(*) || min(v) || max(v) FROM children)");
}

// Whatever was off meanwhile.
std::string extras_of(AnyDatabase& database) {
  return database.url().starts_with("sqlite")
             ? database.query("SELECT name, sql FROM sqlite_master ORDER BY 1") +
                   database.query("PRAGMA integrity_check")
             : database.query(
                   "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1") +
                   database.query("SELECT indexdef FROM pg_indexes ORDER BY 1");
}

// An import that ends like this leaves the database as it was.
void check_refusal(AnyDatabase& target, std::vector<std::string> words, int code,
                   const std::vector<std::string>& answers) {
  const std::string before = state_of(target);
  const Run result = import_into(target, std::move(words));
  CAPTURE(result.err);
  CHECK(result.exit == code);
  CHECK(result.out.empty());
  for (const std::string& answer : answers) CHECK_THAT(result.err, contains(answer));
  CHECK(state_of(target) == before);
}

}  // namespace

TEST_CASE("a file that is absent, cut, garbage, too new, too deep or changed is exit 4") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    const std::string text = content_of(exported(*old_library(engine), folder));
    const auto file = [&](const char* name, const std::string& content) {
      return folder.write(name, content).string();
    };
    check_refusal(*target, {"absent.json"}, 4, {"cannot read 'absent.json'"});
    check_refusal(*target, {folder.path().string()}, 4, {"Is a directory"});
    check_refusal(*target, {file("empty", "")}, 4, {"empty"});
    check_refusal(*target, {file("garbage", std::string("\0\1\2", 3))}, 4, {"while: reading"});
    check_refusal(*target, {file("other", "{\"a\": 1}")}, 4, {"while: reading"});
    check_refusal(*target, {file("deep", std::string(200000, '['))}, 4, {"while: reading"});
    for (const std::size_t part : {3, 2, 1})
      check_refusal(*target, {file("cut", text.substr(0, text.size() * part / 4))}, 4, {"line "});
    check_refusal(*target, {file("end", text.substr(0, text.size() - 2))}, 4, {"line "});
    check_refusal(*target,
                  {file("future", with(text, "\"version\":\"1.0\"", "\"version\":\"2.0\""))}, 4,
                  {"2.0"});
    check_refusal(*target, {file("value", with(text, "Ulysses", "Odyssey"))}, 4,
                  {"books", "import --edited"});
    check_refusal(*target, {file("twice", with(text, "{\"id\":1,", "{\"id\":1,\"id\":1,"))}, 4,
                  {"twice"});
  }
}

TEST_CASE("all that doesn't fit between the file's schema and the database's is told at once") {
  const ScratchFolder folder;
  const auto source = make_database(
      Engine::postgres,
      "CREATE TYPE mood AS ENUM ('good', 'bad', 'grim');"
      "CREATE TABLE a(id $ID, extra text, long varchar(20), m mood);"
      "CREATE TABLE gone(id $ID);"
      "INSERT INTO a(extra, long, m) VALUES ('e', 'longer than ten', 'grim'), ('f', 'ok', 'good');"
      "INSERT INTO gone DEFAULT VALUES");
  const auto target =
      make_database(Engine::postgres,
                    "CREATE TYPE mood AS ENUM ('good', 'bad');"
                    "CREATE TABLE a(id $ID, long varchar(10), m mood, needed text NOT NULL)");
  const std::string file = exported(*source, folder);
  check_refusal(*target, {file}, 5, {"extra", "needed", "gone"});
  check_refusal(*target, {file, "--exclude", "gone", "--on-extra-column", "ignore"}, 5, {"needed"});
  target->exec("ALTER TABLE a ALTER needed SET DEFAULT 'x'");
  check_refusal(*target, {file, "--exclude", "gone"}, 5, {"extra", "--on-extra-column"});
  check_refusal(*target, {file, "--exclude", "gone", "--on-extra-column", "ignore"}, 5,
                {"long", "longer than ten", "grim"});
  target->exec("ALTER TABLE a ALTER long TYPE varchar(30); ALTER TYPE mood ADD VALUE 'grim'");
  CHECK(imported(*target, {file, "--exclude", "gone", "--on-extra-column",
                           "ignore"})["total"]["inserted"] == 2);
  CHECK(target->query("SELECT long, m, needed FROM a ORDER BY id") ==
        "longer than ten|grim|x\nok|good|x");
}

TEST_CASE(
    "on SQLite too: a table, a column and a default that are missing are told before a write") {
  const ScratchFolder folder;
  const auto source =
      make_database(Engine::sqlite,
                    "CREATE TABLE a(id $ID, extra text); CREATE TABLE gone(id $ID);"
                    "INSERT INTO a(extra) VALUES ('e'); INSERT INTO gone DEFAULT VALUES");
  const auto target = make_database(Engine::sqlite, "CREATE TABLE a(id $ID, needed text NOT NULL)");
  check_refusal(*target, {exported(*source, folder)}, 5, {"extra", "needed", "gone"});
}

TEST_CASE("two rows that a row could be are a conflict in which both are named") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string schema =
        "CREATE TABLE users(id $ID, email text NOT NULL UNIQUE, handle text NOT NULL UNIQUE);"
        "INSERT INTO users(email, handle) VALUES ";
    const auto source = make_database(engine, schema + "('ann@x', 'ann')");
    const auto target = make_database(engine, schema + "('bob@x', 'ann'), ('ann@x', 'annie')");
    check_refusal(*target, {exported(*source, folder)}, 5, {"users", "email", "handle"});
  }
}

TEST_CASE("a row that the database refuses is named by its key, of whatever type") {
  struct Case {
    std::string columns, rows, name, key;
  };
  const std::vector<Case> cases = {
      {"id int PRIMARY KEY, n int", "(1, 1), (2, 2), (3, -3), (4, 4), (5, -5)", "id 3",
       R"({"id": 3})"},
      {"code text PRIMARY KEY, n int", "('a, b', 1), ('it''s', -1)", "code it's",
       R"({"code": "it's"})"},
      {"a text, b int, n int, PRIMARY KEY (b, a)", "('x', 1, 1), ('y', 2, -1)", "b 2, a y",
       R"({"a": "y", "b": 2})"}};
  for (const Engine engine : kEngines)
    for (const Case& each : cases) {
      CAPTURE(each.columns);
      const ScratchFolder folder;
      const auto source = make_database(
          engine, "CREATE TABLE t(" + each.columns + "); INSERT INTO t VALUES " + each.rows);
      const auto target = make_database(engine, "CREATE TABLE others(id $ID); CREATE TABLE t(" +
                                                    each.columns + ", CHECK (n > 0))");
      const std::string file = exported(*source, folder);
      check_refusal(*target, {file}, 5, {"(the row " + each.name + ")"});
      CHECK(report_of(import_into(*target, {file, "--json"}))["error"]["key"] ==
            json::parse(each.key));
    }
}

TEST_CASE("a row that an update would break is named as well") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string schema =
        "CREATE TABLE others(id $ID);"
        "CREATE TABLE t(id int PRIMARY KEY, n int, m int CHECK (m > 0));";
    const auto source = make_database(engine,
                                      "CREATE TABLE t(id int PRIMARY KEY, n int, m int);"
                                      "INSERT INTO t VALUES (1, 1, 1), (2, 2, -2)");
    const auto target =
        make_database(engine, schema + "INSERT INTO t VALUES (1, 5, 5), (2, 5, 5), (3, 5, 5)");
    check_refusal(*target, {exported(*source, folder), "--mode", "merge", "--identity", "key"}, 5,
                  {"(the row id 2)"});
  }
}

TEST_CASE("clean refuses where rows of a table that isn't in the file refer to what goes") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    target->exec("INSERT INTO logins(member_id, at) VALUES (1, 'noon'), (2, 'dusk')");
    const std::string file = exported(*old_library(engine), folder, {"--exclude", "logins"});
    const std::string backups = (folder / "b").string();
    check_refusal(*target, {file, "--mode", "clean", "--yes", "--dir", backups}, 5,
                  {"logins", "2", "--cascade"});
    const json result =
        imported(*target, {file, "--mode", "clean", "--cascade", "--yes", "--dir", backups});
    CHECK(target->query("SELECT count(*) FROM logins") == "0");
    CHECK(result["total"]["removed"] == 9);
  }
}

TEST_CASE("a table that somebody holds is waited for, and then named with the holder") {
  ScratchPostgres target(std::string(
      "CREATE TABLE members(id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text)"));
  const ScratchFolder folder;
  const ScratchPostgres source(
      "CREATE TABLE members(id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text);"
      "INSERT INTO members(email) VALUES ('a')");
  const std::string file = (folder / "f.json").string();
  REQUIRE(run({"export", "-o", file, "--db", source.url()}).exit == 0);
  const auto holder = hold_lock(target, "members", "nightly_job");
  const Run result =
      run({"import", file, "--lock-timeout", "300ms", "--json", "--db", target.url()});
  CHECK(result.exit == 7);
  const json error = report_of(result)["error"];
  CHECK(error.value("table", "") == "members");
  CHECK_THAT(result.err, contains("nightly_job"));
}

TEST_CASE("an SQLite database that somebody writes to is waited for, and then refused") {
  const ScratchFolder folder;
  ScratchSqlite target("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
  const ScratchSqlite source(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')");
  const std::string file = (folder / "f.json").string();
  REQUIRE(run({"export", "-o", file, "--db", source.url()}).exit == 0);
  Running holder(
      {"-c",
       "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
       "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); time.sleep(30)",
       target.path().string()},
      {.binary = "/usr/bin/python3"});
  holder.wait_for("held");
  CHECK(run({"import", file, "--lock-timeout", "300ms", "--db", target.url()}).exit == 7);
}

TEST_CASE("signals end an import with 130 and 143, and the database is as it was") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = many_rows(engine, "old");
    const std::string file = exported(*many_rows(engine, "new"), folder);
    const std::string before = values_of(*target);
    for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)})
      for (const int delay : {5, 60, 150}) {
        CAPTURE(code, delay);
        Running running({"import", file, "--mode", "merge", "-v", "--db", target->url()});
        running.wait_for("debug: database");
        std::this_thread::sleep_for(std::chrono::milliseconds(delay));
        running.signal(signal);
        const Run result = running.wait();
        CHECK(result.exit == code);
        CHECK(values_of(*target) == before);
      }
  }
}

TEST_CASE(
    "whatever kills an import, the database is as before or as after, and the next one works") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (const Engine engine : kEngines)
    for (const std::string mode : {"merge", "clean", "skip"}) {
      const auto old = [&] {
        auto made = many_rows(engine, "old");
        if (mode == "skip") made->exec("DELETE FROM children; DELETE FROM parents");
        return made;
      };
      const ScratchFolder folder;
      const std::string file = exported(*many_rows(engine, "new"), folder);
      const std::vector<std::string> words = {file, "--mode", mode,
                                              "-v", "--yes",  "--no-safety-backup"};
      const auto tried = old();
      const std::string before = values_of(*tried);
      const auto begin = std::chrono::steady_clock::now();
      imported(*tried, words);
      const auto whole = std::chrono::steady_clock::now() - begin;
      const std::string after = values_of(*tried);
      REQUIRE(before != after);

      const auto target = old();
      const std::string extras = extras_of(*target);
      for (int i = 0; i < 4 && values_of(*target) == before; ++i) {
        std::vector<std::string> all = {"import", "--db", target->url()};
        all.insert(all.end(), words.begin(), words.end());
        Running running(all);
        std::this_thread::sleep_for(whole * std::uniform_int_distribution<int>(3, 97)(dice) / 100);
        running.signal(SIGKILL);
        running.wait();
        const std::string state = values_of(*target);
        CHECK((state == before || state == after));
        CHECK(extras_of(*target) == extras);
      }
      imported(*target, words);
      CHECK(values_of(*target) == after);
      CHECK(extras_of(*target) == extras);
    }
}

TEST_CASE(
    "who doesn't own a table with triggers is told so before a write, and of --fire-triggers") {
  const ScratchFolder folder;
  const std::string schema =
      "CREATE TABLE members(id serial PRIMARY KEY, email text NOT NULL UNIQUE, changed int DEFAULT "
      "0)";
  const ScratchPostgres source(schema + "; INSERT INTO members(email) VALUES ('a')");
  ScratchPostgres target(
      schema +
      ";CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN NEW.changed := 99; RETURN NEW; END';"
      "CREATE TRIGGER touch BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION touch()");
  const std::string file = (folder / "f.json").string();
  REQUIRE(run({"export", "-o", file, "--db", source.url()}).exit == 0);
  target.exec("DROP ROLE IF EXISTS import_guest");
  target.exec(
      "CREATE ROLE import_guest LOGIN PASSWORD 'pw';"
      "GRANT SELECT, INSERT, UPDATE, DELETE ON members TO import_guest;"
      "GRANT USAGE, SELECT, UPDATE ON SEQUENCE members_id_seq TO import_guest");
  const std::string guest =
      "postgresql://import_guest:pw" + target.url().substr(target.url().find('@'));
  const Run refused = run({"import", file, "--db", guest});
  CHECK(refused.exit != 0);
  CHECK_THAT(refused.err, contains("members") && contains("--fire-triggers"));
  CHECK(target.query("SELECT count(*) FROM members") == "0");
  CHECK(run({"import", file, "--fire-triggers", "--db", guest}).exit == 0);
  CHECK(target.query("SELECT changed FROM members") == "99");
  // The owner's triggers are off meanwhile, and on again afterwards.
  target.exec("DELETE FROM members");
  const Run owner = run({"import", file, "--json", "--db", target.url()});
  CHECK(owner.exit == 0);
  CHECK(report_of(owner)["result"]["triggers_off"] == json::parse(R"(["members.touch"])"));
  CHECK(target.query("SELECT changed FROM members") == "0");
  CHECK(target.query("SELECT tgenabled FROM pg_trigger WHERE tgname = 'touch'") == "O");
  target.exec("DROP OWNED BY import_guest; DROP ROLE import_guest");
}

TEST_CASE(
    "a disk that is full, or a folder that isn't there, for the ID map: nothing is imported") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    const std::string file = exported(*old_library(engine), folder);
    check_refusal(*target, {file, "--id-map", (folder / "absent/map.json").string()}, 1,
                  {"No such file or directory"});
    // Sequences have moved on by then, and stay there: that outlives a rollback.
    const std::string before = rows_of(*target);
    const Run full = import_into(*target, {file, "--id-map", "/dev/full"});
    CHECK(full.exit == 1);
    CHECK_THAT(full.err, contains("/dev/full") && contains("No space left"));
    CHECK(rows_of(*target) == before);
  }
  // A limit on the size of files stops the map as a full disk would; the rows go to a server.
  const ScratchFolder folder;
  const std::string schema = "CREATE TABLE t(id serial PRIMARY KEY, name text NOT NULL UNIQUE);";
  const ScratchPostgres source(
      schema + "INSERT INTO t(name) SELECT 'n' || i FROM generate_series(1, 20000) i");
  ScratchPostgres target(
      schema + "INSERT INTO t(name) SELECT 'n' || i FROM generate_series(20000, 1, -1) i");
  const std::string file = (folder / "f.json").string();
  REQUIRE(run({"export", "-o", file, "--db", source.url()}).exit == 0);
  const Run limited =
      run({"-c", "ulimit -f 8; exec '" + dbkeeper_binary() + "' import '" + file +
                     "' --mode merge --id-map '" + (folder / "map.json").string() + "'"},
          {.env = {{"DATABASE_URL", target.url()}}, .binary = "/bin/bash"});
  CHECK(limited.exit == 1);
  CHECK_THAT(limited.err, contains("map.json"));
  CHECK_FALSE(fs::exists(folder / "map.json"));
}
