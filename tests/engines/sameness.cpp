// Whether a database is as it was when a backup was made: both engines, change by change.
#include "dbkeeper/core/sameness.h"

#include "dbkeeper/core/new_backup.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using Texts = std::vector<std::string>;

SilentReporter reporter;
const Stop stop;

// A database with a backup of how it was.
template <class Scratch>
class Kept {
 public:
  explicit Kept(std::string_view sql, bool portable = false) : scratch_(sql) {
    NewBackupOptions options;
    options.folder = (folder_ / "backups").string();
    options.what.portable = portable;
    file_ = make_backup(*open(scratch_.url()), options, 2, reporter, stop).file;
  }

  Scratch& scratch() { return scratch_; }
  Texts changes(SamenessOptions options = {.jobs = 2}) {
    return changes_since(BackupArchive(file_), *open(scratch_.url()), options, reporter, stop);
  }
  Texts changes_after(std::string_view sql) {
    scratch_.exec(sql);
    return changes();
  }

 private:
  ScratchFolder folder_;
  Scratch scratch_;
  std::filesystem::path file_;
};

constexpr std::string_view kPostgres = R"(
  CREATE TABLE orders (id bigserial PRIMARY KEY, note text, total numeric DEFAULT 0);
  INSERT INTO orders (note) SELECT 'note ' || n FROM generate_series(1, 1000) AS n;
  CREATE TABLE tags (name text);
  CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
  INSERT INTO alembic_version VALUES ('ae10');
  CREATE TABLE days (day date, note text) PARTITION BY RANGE (day);
  CREATE TABLE days_all PARTITION OF days DEFAULT;
  INSERT INTO days VALUES ('2026-01-01', 'a');
  CREATE VIEW notes AS SELECT note FROM orders;
  CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE INDEX orders_by_note ON orders (note);
  SELECT lo_from_bytea(4711, 'large');)";

constexpr std::string_view kSqlite = R"(
  CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT, total NUMERIC DEFAULT 0);
  INSERT INTO orders (note)
    WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT 'note ' || i FROM n;
  CREATE TABLE tags (name TEXT);
  CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY);
  INSERT INTO alembic_version VALUES ('ae10');
  CREATE VIEW notes AS SELECT note FROM orders;
  CREATE INDEX orders_by_note ON orders (note);
  CREATE VIRTUAL TABLE search USING fts5(words);
  INSERT INTO search VALUES ('found');)";

}  // namespace

TEST_CASE("a PostgreSQL database that nobody touched is as it was, as text too") {
  CHECK(Kept<ScratchPostgres>(kPostgres).changes().empty());
  CHECK(Kept<ScratchPostgres>(kPostgres, true).changes().empty());
  CHECK(Kept<ScratchPostgres>(kPostgres).changes({.enough = 1, .jobs = 1}).empty());
}

TEST_CASE("a database with grants and settings of its own is as it was, too") {
  Kept<ScratchPostgres> kept(R"(
    CREATE TABLE tags (name text);
    DO $$ BEGIN
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO pg_monitor', current_database());
      EXECUTE format('ALTER DATABASE %I SET work_mem = 5000', current_database());
      EXECUTE format('ALTER DATABASE %I SET search_path = public, app', current_database());
    END $$)");
  CHECK(kept.changes().empty());
}

TEST_CASE("what a rollback leaves in PostgreSQL is no change: numbers drawn, dead rows") {
  Kept<ScratchPostgres> kept(kPostgres);
  CHECK(kept.changes_after("SELECT nextval('orders_id_seq')").empty());
  CHECK(kept.changes_after("BEGIN; ALTER TABLE orders ADD x int; INSERT INTO tags VALUES ('a'); "
                           "DELETE FROM orders; DROP VIEW notes; ROLLBACK")
            .empty());
  CHECK(kept.changes_after("UPDATE orders SET note = note").empty());
}

TEST_CASE("every kind of change in PostgreSQL is seen, and named") {
  Kept<ScratchPostgres> kept(kPostgres);
  const auto [sql, expected] = GENERATE(table<std::string, Texts>({
      {"INSERT INTO orders (note) VALUES ('x')", {"orders has 1,001 rows, and had 1,000"}},
      {"UPDATE orders SET note = 'x' WHERE id = 500", {"orders has other values than before"}},
      {"UPDATE orders SET note = NULL WHERE id = 500", {"orders has other values than before"}},
      {"UPDATE alembic_version SET version_num = 'b'",
       {"alembic_version has other values than before"}},
      {"INSERT INTO days VALUES ('2026-02-02', 'b')", {"days_all has 2 rows, and had 1"}},
      {"SELECT lo_put(4711, 0, 'L')", {"large objects have changed"}},
      {"CREATE INDEX tags_by_name ON tags (name)", {"the index tags_by_name is new"}},
      {"DROP INDEX orders_by_note", {"the index orders_by_note is gone"}},
      {"CREATE OR REPLACE VIEW notes AS SELECT note FROM orders WHERE id > 1",
       {"the view notes has changed"}},
      {"CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2'",
       {"the function one() has changed"}},
      {"ALTER TABLE orders ALTER total SET DEFAULT 1", {"the table orders has changed"}},
      {"COMMENT ON TABLE tags IS 'x'", {"the comment TABLE tags is new"}},
      {"CREATE TABLE extra (a int)", {"the table extra is new"}},
      {"ALTER TABLE tags ADD x int", {"the table tags has changed"}},
      {"GRANT SELECT ON tags TO pg_monitor", {"the acl TABLE tags is new"}},
      {"DROP TABLE tags", {"the table tags is gone"}},
  }));
  INFO(sql);
  CHECK(kept.changes_after(sql) == expected);
}

TEST_CASE("a setting of the database is part of it in PostgreSQL") {
  Kept<ScratchPostgres> kept(kPostgres);
  CHECK(kept.changes_after("ALTER DATABASE " + kept.scratch().name() + " SET work_mem = '8MB'") ==
        Texts{"the database itself (settings) has changed"});
}

TEST_CASE("no more changes are told than are asked for, and rows alone if so") {
  Kept<ScratchPostgres> kept(kPostgres);
  kept.scratch().exec(
      "CREATE TABLE a (); CREATE TABLE b (); DROP INDEX orders_by_note; DELETE FROM orders");
  CHECK(kept.changes({.enough = 1}).size() == 1);
  CHECK(kept.changes({.enough = 2}).size() == 2);
  CHECK(kept.changes({.structure = false}) ==
        Texts{"the table a is new", "the table b is new", "orders has 0 rows, and had 1,000"});
}

TEST_CASE("an SQLite database that nobody touched is as it was") {
  Kept<ScratchSqlite> kept(kSqlite);
  CHECK(kept.changes().empty());
  CHECK(kept.changes_after("PRAGMA journal_mode = WAL; ANALYZE; VACUUM").empty());
}

TEST_CASE("what a rollback leaves in SQLite is no change") {
  Kept<ScratchSqlite> kept(kSqlite);
  CHECK(kept.changes_after("BEGIN; ALTER TABLE orders ADD x; INSERT INTO tags VALUES ('a'); "
                           "DELETE FROM orders; DROP VIEW notes; ROLLBACK")
            .empty());
  CHECK(kept.changes_after("INSERT INTO orders (note) VALUES ('x'); "
                           "DELETE FROM orders WHERE note = 'x'")
            .empty());
}

TEST_CASE("every kind of change in SQLite is seen, and named") {
  Kept<ScratchSqlite> kept(kSqlite);
  const auto [sql, expected] = GENERATE(table<std::string, Texts>({
      {"INSERT INTO orders (note) VALUES ('x')", {"orders has 1,001 rows, and had 1,000"}},
      {"UPDATE orders SET note = 'x' WHERE id = 500", {"orders has other values than before"}},
      {"UPDATE alembic_version SET version_num = 'b'",
       {"alembic_version has other values than before"}},
      {"CREATE INDEX tags_by_name ON tags (name)", {"the index tags_by_name is new"}},
      {"DROP INDEX orders_by_note", {"the index orders_by_note is gone"}},
      {"DROP VIEW notes; CREATE VIEW notes AS SELECT 1", {"the view notes has changed"}},
      {"ALTER TABLE tags ADD x", {"the table tags has changed"}},
      {"CREATE TRIGGER t AFTER INSERT ON tags BEGIN SELECT 1; END", {"the trigger t is new"}},
      {"PRAGMA user_version = 7", {"PRAGMA user_version has changed"}},
      {"DROP TABLE tags", {"the table tags is gone"}},
  }));
  INFO(sql);
  CHECK(kept.changes_after(sql) == expected);
}

TEST_CASE("what stands in SQLite's virtual tables is part of the database") {
  Kept<ScratchSqlite> kept(kSqlite);
  CHECK_FALSE(kept.changes_after("INSERT INTO search VALUES ('more')").empty());
}

TEST_CASE("a PostgreSQL database of any kind that nobody touched is as it was") {
  for (const std::string& name : fixtures_for("postgres")) {
    INFO(name);
    CHECK(Kept<ScratchPostgres>(fixture(name)).changes() == Texts());
  }
}

TEST_CASE("an SQLite database of any kind that nobody touched is as it was") {
  for (const std::string& name : fixtures_for("sqlite")) {
    INFO(name);
    CHECK(Kept<ScratchSqlite>(fixture(name)).changes() == Texts());
  }
}

}  // namespace dbkeeper::testing
