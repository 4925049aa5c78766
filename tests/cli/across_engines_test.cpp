// Whole applications from SQLite to PostgreSQL and back: Flask's and FastAPI's fixtures, which hold
// the same rows on either engine, and Prisma's and Rails' ways of storing things.
#include <signal.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "cli/across_engines.h"

using namespace dbkeeper::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

// Writes the times of all columns that are declared so in one notation, whatever theirs was.
void level_times(AnyDatabase& sqlite) {
  const auto columns = lines_of(sqlite.query(
      "SELECT '\"' || m.name || '\" SET \"' || c.name || '\"', '\"' || c.name || '\"' FROM "
      "sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.sql NOT LIKE "
      "'CREATE VIRTUAL%' AND lower(c.type) LIKE 'datetime%'"));
  for (const std::string& column : columns) {
    const std::size_t bar = column.find('|');
    const std::string name = column.substr(bar + 1);
    sqlite.exec("UPDATE " + column.substr(0, bar) + " = CASE typeof(" + name +
                ") WHEN 'integer' THEN strftime('%Y-%m-%d %H:%M:%f', " + name +
                " / 1000.0, 'unixepoch') ELSE strftime('%Y-%m-%d %H:%M:%f', " + name + ") END");
  }
}

const std::vector<std::string> kClean = {"--mode", "clean", "--yes", "--no-safety-backup"};

// There, and back into a database with the same schema and other rows, or none.
void check_there_and_back(const std::string& sqlite_schema, const std::string& rows,
                          const std::string& postgres_schema) {
  const ScratchFolder folder;
  const auto first = make_database(Engine::sqlite, sqlite_schema + rows);
  const auto postgres = make_database(Engine::postgres, postgres_schema);
  const auto second = make_database(Engine::sqlite, sqlite_schema);
  const json there = into(*postgres, *first, folder)["total"];
  CHECK(there["inserted"] == there["rows"]);
  const json again = into(*postgres, *first, folder, {"--mode", "merge"})["total"];
  CHECK(again["unchanged"] == there["rows"]);
  const json back = into(*second, *postgres, folder)["total"];
  CHECK(back["inserted"] == there["rows"]);
  const json back_again = into(*second, *postgres, folder, {"--mode", "merge"})["total"];
  CHECK(back_again["unchanged"] == there["rows"]);
  level_times(*first);
  level_times(*second);
  CHECK(rows_of(*second) == rows_of(*first));
}

constexpr const char* kPrismaSqlite =
    "CREATE TABLE _prisma_migrations(id TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL,"
    "  finished_at DATETIME, migration_name TEXT NOT NULL, logs TEXT, rolled_back_at DATETIME,"
    "  started_at DATETIME NOT NULL DEFAULT current_timestamp,"
    "  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0);"
    "CREATE TABLE \"User\"(id TEXT NOT NULL PRIMARY KEY, email TEXT NOT NULL, admin BOOLEAN NOT "
    "NULL"
    "  DEFAULT false, born DATETIME, \"createdAt\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,"
    "  settings JSONB, score BIGINT, photo BLOB);"
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(email);"
    "CREATE TABLE \"BodyMetric\"(id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"userId\" TEXT NOT"
    "  NULL, weight DECIMAL NOT NULL, fat REAL, \"takenAt\" DATETIME NOT NULL, FOREIGN KEY "
    "(\"userId\")"
    "  REFERENCES \"User\"(id));";
constexpr const char* kPrismaRows =
    "INSERT INTO _prisma_migrations(id, checksum, finished_at, migration_name, started_at,"
    "  applied_steps_count) VALUES ('m1', 'c', 1735812001000, '20250102100000_init', 1735812000000,"
    "  1);"
    "INSERT INTO \"User\" VALUES"
    "  ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'ann@x', 1, 10368000000, 1767323045678,"
    "   '{\"unit\": \"kg\", \"goals\": [70.5]}', 9007199254740993, x'00ff10'),"
    "  ('b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', 'bob@x', 0, -63158400000, '2026-01-02 03:04:05',"
    "   NULL, NULL, NULL);"
    "INSERT INTO \"BodyMetric\"(\"userId\", weight, fat, \"takenAt\") VALUES"
    "  ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 70.35, 0.1, 1767323045000),"
    "  ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 71, 22.75, 1767409445000);";
constexpr const char* kPrismaPostgres =
    "CREATE TABLE \"User\"(id uuid PRIMARY KEY, email text NOT NULL UNIQUE, admin boolean NOT NULL,"
    "  born timestamp(3), \"createdAt\" timestamp(3) NOT NULL DEFAULT now(), settings jsonb,"
    "  score bigint, photo bytea);"
    "CREATE TABLE \"BodyMetric\"(id serial PRIMARY KEY, \"userId\" uuid NOT NULL REFERENCES"
    "  \"User\"(id), weight decimal(65,30) NOT NULL, fat double precision, \"takenAt\" timestamp(3)"
    "  NOT NULL);";

constexpr const char* kRailsSqlite =
    "CREATE TABLE schema_migrations(version varchar NOT NULL PRIMARY KEY);"
    "CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, email varchar(255) NOT NULL"
    "  UNIQUE, active boolean DEFAULT 1, preferences json, created_at datetime(6) NOT NULL);"
    "CREATE TABLE orders(id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, user_id integer NOT NULL"
    "  REFERENCES users(id), number varchar NOT NULL UNIQUE, total decimal(10,2), due date,"
    "  opens time, tags text, notes text, created_at datetime(6) NOT NULL);";
constexpr const char* kRailsRows =
    "INSERT INTO schema_migrations VALUES ('20260101000000');"
    "INSERT INTO users(email, active, preferences, created_at) VALUES"
    "  ('ann@x', 1, '{\"theme\": \"dark\"}', '2026-01-02 03:04:05.678901'),"
    "  ('bob@x', 0, NULL, '2026-01-02 03:04:05.5');"
    "INSERT INTO orders(user_id, number, total, due, opens, tags, notes, created_at) VALUES"
    "  (1, '007', 19.9, '2026-02-28', '09:30:00', '[\"red\",\"42\",null]', 'a\nb|c\\d\t\"é\" 🎉',"
    "   '2026-01-02 03:04:05'),"
    "  (2, '008', 1200, NULL, NULL, '[]', '', '2026-01-02 03:04:06');";
constexpr const char* kRailsPostgres =
    "CREATE TABLE schema_migrations(version varchar PRIMARY KEY);"
    "CREATE TABLE users(id bigserial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE,"
    "  active boolean DEFAULT true, preferences json, created_at timestamp(6) NOT NULL);"
    "CREATE TABLE orders(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT "
    "NULL"
    "  REFERENCES users(id), number varchar NOT NULL UNIQUE, total decimal(10,2), due date,"
    "  opens time, tags text[], notes text, created_at timestamp(6) NOT NULL);";

}  // namespace

TEST_CASE("fixtures that hold the same rows on both engines hold them after an import, too") {
  for (const std::string name : {"planner", "gym", "forum"}) {
    CAPTURE(name);
    const ScratchFolder folder;
    const auto sqlite = make_database(Engine::sqlite, fixture(name + ".sqlite.sql"));
    const auto postgres = make_database(Engine::postgres, fixture(name + ".postgres.sql"));
    const std::string in_postgres = rows_of(*postgres);
    const json there = into(*postgres, *sqlite, folder, kClean)["total"];
    CHECK(there["rows"] > 0);
    CHECK(there["inserted"] == there["rows"]);
    CHECK(rows_of(*postgres) == in_postgres);
    const auto back = make_database(Engine::sqlite, fixture(name + ".sqlite.sql"));
    into(*back, *postgres, folder, kClean);
    // JSON has lost its white space on the way, times their zeros: so compare where they have none.
    const auto once_more = make_database(Engine::postgres, fixture(name + ".postgres.sql"));
    into(*once_more, *back, folder, kClean);
    CHECK(rows_of(*once_more) == in_postgres);
  }
}

TEST_CASE("a Prisma application goes to PostgreSQL and back: milliseconds, uuid in text, bigint") {
  check_there_and_back(kPrismaSqlite, kPrismaRows, kPrismaPostgres);
  const ScratchFolder folder;
  const auto postgres = make_database(Engine::postgres, kPrismaPostgres);
  into(*postgres, *make_database(Engine::sqlite, std::string(kPrismaSqlite) + kPrismaRows), folder);
  CHECK(postgres->query("SELECT born, \"createdAt\", settings->'goals', score, photo FROM \"User\" "
                        "WHERE admin") ==
        "1970-05-01 00:00:00|2026-01-02 03:04:05.678|[70.5]|9007199254740993|\\x00ff10");
  CHECK(postgres->query("SELECT trim_scale(weight), fat FROM \"BodyMetric\" ORDER BY id") ==
        "70.35|0.1\n71|22.75");
  // AUTOINCREMENT's numbers are kept, and the sequence goes on behind them.
  CHECK(postgres->query("INSERT INTO \"BodyMetric\"(\"userId\", weight, \"takenAt\") SELECT id, 1, "
                        "now() FROM \"User\" LIMIT 1 RETURNING id") == "3");
}

TEST_CASE("a Rails application goes to PostgreSQL and back: identity, decimals, arrays as JSON") {
  check_there_and_back(kRailsSqlite, kRailsRows, kRailsPostgres);
}

TEST_CASE("a uuid that SQLite holds as bytes is found again, and its references lead there") {
  const ScratchFolder folder;
  const auto sqlite =
      make_database(Engine::sqlite,
                    "CREATE TABLE parts(id BLOB PRIMARY KEY, name text);"
                    "CREATE TABLE uses(id INTEGER PRIMARY KEY, part BLOB REFERENCES parts(id));"
                    "INSERT INTO parts VALUES (x'a0eebc999c0b4ef8bb6d6bb9bd380a11', 'bolt');"
                    "INSERT INTO uses VALUES (1, x'a0eebc999c0b4ef8bb6d6bb9bd380a11');");
  const auto postgres = make_database(
      Engine::postgres,
      "CREATE TABLE parts(id uuid PRIMARY KEY, name text);"
      "CREATE TABLE uses(id serial PRIMARY KEY, part uuid REFERENCES parts(id));"
      "INSERT INTO parts VALUES ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'old name');");
  const json result = into(*postgres, *sqlite, folder, {"--mode", "merge"});
  CHECK(result["tables"]["parts"]["updated"] == 1);
  CHECK(result["tables"]["uses"]["inserted"] == 1);
  CHECK(postgres->query("SELECT name FROM uses JOIN parts ON part = parts.id") == "bolt");
  const auto back =
      make_database(Engine::sqlite,
                    "CREATE TABLE parts(id BLOB PRIMARY KEY, name text);"
                    "CREATE TABLE uses(id INTEGER PRIMARY KEY, part BLOB REFERENCES parts(id));");
  into(*back, *postgres, folder);
  CHECK(rows_of(*back) == rows_of(*sqlite));
}

TEST_CASE("who moves to the other engine is recognised there by e-mail, and books by ISBN") {
  for (const Engine engine : kEngines) {
    const Engine other = engine == Engine::sqlite ? Engine::postgres : Engine::sqlite;
    const ScratchFolder folder;
    const auto fresh = reseeded_library(other);
    const std::string file = exported(*old_library(engine), folder, {"--exclude", "books,logins"});
    const json tables = imported(*fresh, {file})["tables"];
    CHECK(fresh->query(kReading) == kReadingOfOldRows);
    CHECK(tables["members"]["inserted"] == 2);
    CHECK(tables["members"]["skipped"] == 1);
    CHECK(tables["members"]["remapped"] == 1);
    const std::string after = state_of(*fresh);
    CHECK(imported(*fresh, {file})["total"]["inserted"] == 0);
    CHECK(state_of(*fresh) == after);
    fresh->exec("INSERT INTO members(email, password) VALUES ('dan@x', 'p')");
  }
}

TEST_CASE("values that can't be held, of several tables, are told together before any write") {
  const ScratchFolder folder;
  std::string rows =
      "CREATE TABLE a(id INTEGER PRIMARY KEY, flag BOOLEAN, at DATETIME, n INTEGER);"
      "CREATE TABLE b(x TEXT, y TEXT, j TEXT, PRIMARY KEY (x, y));"
      "CREATE TABLE c(v TEXT); INSERT INTO c VALUES ('fine');"
      "CREATE TABLE d(a INTEGER REFERENCES a(id), ok BOOLEAN); INSERT INTO d VALUES (2, 5), (1, 1);"
      "INSERT INTO a VALUES (1, 1, '2026-01-02', 5), (2, 2, 'soon', 5), (3, 0, NULL, 3000000000);"
      "INSERT INTO b VALUES ('k', 'l', '{}'), ('m', 'n', '{');";
  const auto sqlite = make_database(Engine::sqlite, rows);
  const auto postgres = make_database(
      Engine::postgres,
      "CREATE TABLE a(id int PRIMARY KEY, flag boolean NOT NULL, at timestamptz, n int);"
      "CREATE TABLE b(x text, y text, j jsonb, PRIMARY KEY (x, y));"
      "CREATE TABLE c(v text);"
      "CREATE TABLE d(a int NOT NULL REFERENCES a(id), ok boolean NOT NULL)");
  const std::string before = rows_of(*postgres);
  const std::string file = exported(*sqlite, folder);
  const Run result = import_into(*postgres, {file});
  CHECK(result.exit == 5);
  for (const char* finding :
       {"in 5 places", "column a.flag, row id 2: 2 is neither 1 nor 0, true nor false",
        "column a.at, row id 2: 'soon' is no date or time",
        "column a.n, row id 3: 3000000000 doesn't fit integer",
        "column b.j, row x m, y n: '{' is not JSON",
        "column d.ok: 5 is neither 1 nor 0, true nor false"}) {
    INFO(result.err);
    CHECK(result.err.find(finding) != std::string::npos);
  }
  CHECK(rows_of(*postgres) == before);

  sqlite->exec(
      "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 1509) "
      "INSERT INTO a SELECT i, 7, NULL, NULL FROM n");
  const Run many = import_into(*postgres, {exported(*sqlite, folder)});
  CHECK(many.exit == 5);
  INFO(many.err);
  CHECK(many.err.find("and 1,405 values more") != std::string::npos);
  CHECK(std::count(many.err.begin(), many.err.end(), '\n') < 110);
  CHECK(rows_of(*postgres) == before);
}

TEST_CASE("tables are matched by name as written, and other schemas have no place in SQLite") {
  const ScratchFolder folder;
  const auto postgres = make_database(
      Engine::postgres,
      "CREATE TABLE \"Users\"(id int PRIMARY KEY, \"fullName\" text); CREATE SCHEMA audit;"
      "CREATE TABLE audit.log(id int PRIMARY KEY); INSERT INTO \"Users\" VALUES (1, 'Ann');"
      "INSERT INTO audit.log VALUES (1)");
  const auto sqlite = make_database(
      Engine::sqlite, "CREATE TABLE \"Users\"(id INTEGER PRIMARY KEY, \"fullName\" TEXT)");
  const std::string file = exported(*postgres, folder);
  const Run refused = import_into(*sqlite, {file});
  CHECK(refused.exit == 5);
  CHECK(refused.err.find("table audit.log: the database has no such table") != std::string::npos);
  CHECK(imported(*sqlite, {file, "--exclude", "audit.*"})["total"]["inserted"] == 1);
  CHECK(sqlite->query("SELECT \"fullName\" FROM \"Users\"") == "Ann");
}

TEST_CASE("SQLite's tables go to the schema that PostgreSQL's address names") {
  const ScratchFolder folder;
  const auto sqlite = make_database(
      Engine::sqlite,
      "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE notes(id INTEGER PRIMARY"
      "  KEY, user_id INTEGER REFERENCES users(id)); INSERT INTO users VALUES (1, 'Ann');"
      "INSERT INTO notes VALUES (1, 1)");
  const auto postgres = make_database(
      Engine::postgres,
      "CREATE SCHEMA app; CREATE TABLE app.users(id serial PRIMARY KEY, name text);"
      "CREATE TABLE app.notes(id serial PRIMARY KEY, user_id int REFERENCES app.users(id));"
      "CREATE TABLE users(id serial PRIMARY KEY, name text); INSERT INTO app.users VALUES (9, "
      "'Bob')");
  const Run result =
      run({"import", exported(*sqlite, folder), "--db", postgres->url() + "?schema=app"});
  INFO(result.err);
  CHECK(result.exit == 0);
  CHECK(postgres->query("SELECT name FROM app.notes n JOIN app.users u ON u.id = n.user_id") ==
        "Ann");
  CHECK(postgres->query("SELECT count(*) FROM users") == "0");
}

TEST_CASE("a STRICT table takes what it can hold and refuses the rest") {
  const ScratchFolder folder;
  const auto postgres = make_database(
      Engine::postgres,
      "CREATE TABLE t(id int PRIMARY KEY, n numeric, r numeric, s boolean, y json);"
      "INSERT INTO t VALUES (1, 42.00, 1.5, true, '1.50'), (2, 42.5, 1.5, false, '2')");
  const auto sqlite =
      make_database(Engine::sqlite,
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, n INT, r REAL, s TEXT, y ANY) STRICT");
  const Run refused = import_into(*sqlite, {exported(*postgres, folder)});
  CHECK(refused.exit == 5);
  INFO(refused.err);
  CHECK(refused.err.find("column t.n, row id 2: 42.5 is not an integer") != std::string::npos);
  postgres->exec("UPDATE t SET n = 43 WHERE id = 2");
  into(*sqlite, *postgres, folder);
  CHECK(sqlite->query("SELECT quote(n), quote(r), quote(s), quote(y) FROM t ORDER BY id") ==
        "42|1.5|'1'|'1.50'\n43|1.5|'0'|'2'");
}

TEST_CASE("an SQLite file is let go as soon as its rows are read") {
  const auto source = make_database(Engine::sqlite, std::string(kLibrary) + kOldRows);
  const auto target = make_database(Engine::postgres, kLibrary);
  Running holder({"-X", "-d", target->url(), "-c", "BEGIN; LOCK TABLE logins IN SHARE MODE", "-c",
                  "SELECT 1 AS there", "-c", "SELECT pg_sleep(30)"},
                 {.binary = postgres_programs() / "psql"});
  holder.wait_for("there");
  const std::string file = source->url().substr(std::string_view("sqlite:///").size());
  Running waiting({"import", file, "--lock-timeout", "30s", "--db", target->url()});
  const auto waits = [&] {
    return target->query("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0";
  };
  for (int i = 0; i < 500 && !waits(); ++i) std::this_thread::sleep_for(10ms);
  source->exec("UPDATE members SET name = 'Eve' WHERE id = 1");
  target->exec(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND query = 'SELECT pg_sleep(30)'");
  holder.wait();
  const Run end = waiting.wait();
  INFO(end.err);
  CHECK(end.exit == 0);
  CHECK(target->query("SELECT name FROM members WHERE id = 1") == "Ada");
}
