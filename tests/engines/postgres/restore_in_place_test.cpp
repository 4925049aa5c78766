// A restore within the database that is there: one transaction, what the role owns.
#include <algorithm>
#include <sstream>

#include "dbkeeper/core/backup.h"
#include "engines/postgres/dumped.h"
#include "support/catch.h"
#include "support/fixtures.h"
#include "support/open.h"
#include "support/run.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

struct Archived {
  ScratchFolder folder;
  std::filesystem::path file = folder / "test.dbk";
  SilentReporter reporter;
  Stop stop;

  explicit Archived(const std::string& url, const BackupOptions& options = {.allow_empty = true}) {
    std::string bytes;
    const auto source = open(url)->begin_backup(options);
    write_backup(
        *source, "manual", [&](std::string_view part) { bytes += part; }, 2, reporter, stop);
    folder.write("test.dbk", bytes);
  }

  std::unique_ptr<RestoreTarget> target(const std::string& url, const BackupArchive& archive,
                                        const RestoreOptions& options) {
    return begin_restore(url, archive.description(), options,
                         {.access = Access::write,
                          .lock_timeout = std::chrono::milliseconds(500),
                          .reporter = &reporter,
                          .stop = &stop});
  }

  RestoreReport restore(const std::string& url, RestoreOptions options = {.in_place = true}) {
    const BackupArchive archive(file);
    const auto target = this->target(url, archive, options);
    CHECK_FALSE(target->keeps_old());
    CHECK(target->most_writers() == 1);
    target->check(archive.files());
    return restore_backup(archive, *target, options.jobs, reporter, stop);
  }

  // Why it fails.
  Error failure(const std::string& url, RestoreOptions options = {.in_place = true}) {
    try {
      restore(url, options);
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("the restore went through");
  }
};

// A role that may log in, and nothing else of its own; gone afterwards with what it has.
class Role {
 public:
  explicit Role(ScratchPostgres& database, const std::string& name = "app")
      : database_(database), name_(database.name() + "_" + name) {
    database_.exec("CREATE ROLE " + name_ + " LOGIN");
  }
  ~Role() {
    database_.exec("DROP OWNED BY " + name_ + " CASCADE");
    database_.exec("DROP ROLE " + name_);
  }
  const std::string& name() const { return name_; }
  std::string url() const {
    std::string url = database_.url();
    return url.replace(url.find("postgres@"), 8, name_);
  }
  void exec(const std::string& sql) const {
    database_.exec("SET ROLE " + name_ + ";" + sql + "; RESET ROLE");
  }

 private:
  ScratchPostgres& database_;
  std::string name_;
};

TEST_CASE("every fixture comes back in place as pg_dump tells it") {
  for (const std::string& name : fixtures_for("postgres")) {
    // A table that its extension doesn't make: no dump brings that back.
    if (name == "extension_tables.postgres.sql") continue;
    INFO(name);
    ScratchPostgres scratch(fixture(name));
    std::string before = dumped(scratch.url());
    const auto comes_back = [&] {
      Archived archive(scratch.url());
      scratch.exec("CREATE TABLE public.later (id serial PRIMARY KEY); CREATE SCHEMA extra");
      const RestoreReport report = archive.restore(scratch.url());
      CHECK(report.in_place);
      CHECK(report.left_out.empty());
      CHECK(report.put_aside.empty());
      return dumped(scratch.url()) == before;
    };
    if (comes_back()) continue;
    // The server writes some conditions in another form once they are loaded.
    before = dumped(scratch.url());
    CHECK(comes_back());
  }
}

TEST_CASE("nobody writes to a database between its safety copy and its restore in place") {
  ScratchPostgres scratch("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
  Archived archive(scratch.url());
  const BackupArchive read(archive.file);
  const auto target = archive.target(scratch.url(), read, {.in_place = true});
  target->check(read.files());
  target->hold_old();
  CHECK(scratch.query("SELECT count(*) FROM t") == "1");
  CHECK_THROWS(scratch.exec("SET lock_timeout = 50; INSERT INTO t VALUES (2)"));
  const Archived safety(scratch.url());
  CHECK(BackupArchive(safety.file).description().rows() == 1);
  CHECK(target->copy_has_all());
  restore_backup(read, *target, 1, archive.reporter, archive.stop);
  CHECK(scratch.query("SELECT sum(n) FROM t") == "1");
}

TEST_CASE("a role that may not create databases restores what it owns in place") {
  ScratchPostgres scratch("CREATE TABLE others (id int); INSERT INTO others VALUES (1), (2)");
  const Role app(scratch);
  scratch.exec("CREATE SCHEMA app AUTHORIZATION " + app.name());
  app.exec(
      "CREATE TABLE app.people (id serial PRIMARY KEY, name text); INSERT INTO app.people (name) "
      "VALUES ('Ann'), ('Bob'); CREATE VIEW app.names AS SELECT name FROM app.people; CREATE "
      "FUNCTION app.one() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'");
  scratch.exec("GRANT SELECT ON others TO " + app.name());
  const auto with_database_rights = [&] {
    scratch.exec("GRANT CREATE ON DATABASE " + scratch.name() + " TO " + app.name());
  };
  scratch.exec("DROP TABLE others");
  Archived archive(app.url());
  scratch.exec("CREATE TABLE others (id int); INSERT INTO others VALUES (1), (2)");
  app.exec("DELETE FROM app.people; CREATE TABLE app.later (id int)");
  SECTION("with the right to make its schema again") {
    with_database_rights();
    const RestoreReport report = archive.restore(app.url(), {});
    CHECK(report.in_place);
    CHECK(scratch.query("SELECT name FROM app.names ORDER BY 1") == "Ann\nBob");
    CHECK(scratch.query("SELECT to_regclass('app.later')").empty());
    CHECK(scratch.query("SELECT count(*) FROM others") == "2");
    app.exec("INSERT INTO app.people (name) VALUES ('Cid')");
    CHECK(scratch.query("SELECT max(id) FROM app.people") == "3");
  }
  SECTION("not without it, and everything stays") {
    const Error error = archive.failure(app.url(), {});
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message().find("schema app takes the right to CREATE in the database") !=
          std::string::npos);
    CHECK(scratch.query("SELECT count(*) FROM app.people") == "0");
    CHECK(scratch.query("SELECT to_regclass('app.later')") == "app.later");
  }
}

TEST_CASE("all that a role can't drop or create is named before anything is done") {
  ScratchPostgres scratch(
      "CREATE SCHEMA closed; CREATE TABLE closed.t (id int); CREATE TABLE audit (id int);"
      "CREATE FUNCTION two(x integer, y text) RETURNS int LANGUAGE sql AS 'SELECT 2';"
      "CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
      "CREATE EVENT TRIGGER notices ON ddl_command_end EXECUTE FUNCTION noticed();"
      "CREATE PUBLICATION everything FOR ALL TABLES; CREATE EXTENSION pageinspect");
  Archived archive(scratch.url());
  scratch.exec(
      "DROP EVENT TRIGGER notices; DROP PUBLICATION everything; DROP TABLE closed.t; "
      "DROP EXTENSION pageinspect; DROP FUNCTION noticed()");
  const Role app(scratch);
  scratch.exec("GRANT CREATE ON SCHEMA public TO " + app.name());
  app.exec("CREATE TABLE mine (id int)");
  scratch.exec("CREATE VIEW leaning AS SELECT id FROM mine");
  const std::string before = dumped(scratch.url());
  const Error error = archive.failure(app.url());
  CHECK(error.kind() == ErrorKind::failed);
  for (const char* part :
       {"table public.audit of role postgres is in the way",
        "function public.two(integer,text) of role postgres is in the way",
        "schema closed of role postgres is not this role's to CREATE in",
        "event trigger notices takes a superuser", "publication everything takes a superuser",
        "extension pageinspect takes a superuser",
        "view public.leaning of role postgres depends on"}) {
    INFO(part << " in: " << error.message());
    CHECK(error.message().find(part) != std::string::npos);
  }
  CHECK(dumped(scratch.url()) == before);
}

TEST_CASE(
    "three thousand tables are refused in place, or come back, but never break off half way") {
  ScratchPostgres scratch;
  scratch.exec(
      "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, "
      "name text)', i); END LOOP; END $$");
  for (const char* more : {"1001..2000", "2001..3000"})
    scratch.exec(std::string("DO $$ BEGIN FOR i IN ") + more +
                 " LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, name text)', i); "
                 "END LOOP; END $$");
  Archived archive(scratch.url());
  const Error error = archive.failure(scratch.url());
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.message().find("max_locks_per_transaction is 64") != std::string::npos);
  CHECK(error.hint().find("max_locks_per_transaction to ") != std::string::npos);
  CHECK(scratch.query("SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'") == "3000");
}

TEST_CASE("what the server has room for in locks comes back in place") {
  ScratchPostgres scratch;
  scratch.exec(
      "DO $$ BEGIN FOR i IN 1..250 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, "
      "name text DEFAULT ''a'' CHECK (name <> ''''))', i); END LOOP; END $$");
  Archived archive(scratch.url());
  CHECK(archive.restore(scratch.url()).in_place);
  CHECK(scratch.query("SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'") == "250");
}

TEST_CASE("a restore in place that breaks off half way leaves everything as it was") {
  ScratchPostgres scratch("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
  Archived archive(scratch.url(), {.portable = true, .allow_empty = true});
  scratch.exec("INSERT INTO t VALUES (3); CREATE TABLE later (id int); COMMENT ON TABLE t IS 'x'");
  const std::string before = dumped(scratch.url());
  const BackupArchive file(archive.file);
  {
    const auto target = archive.target(scratch.url(), file, {.in_place = true});
    target->check(file.files());
    target->begin(file.files());
    const auto writer = target->writer();
    SECTION("at a damaged row") {
      CHECK_THROWS_AS(writer->write(0, "1\nnothing of the kind\n"), Error);
    }
    SECTION("at a key") {
      writer->write(0, "1\n1\n");
      CHECK_THROWS_AS(target->complete(), Error);
    }
    SECTION("before its commit") {
      writer->write(0, "1\n2\n");
      target->complete();
    }
  }
  CHECK(dumped(scratch.url()) == before);
}

TEST_CASE("a restore in place waits for a lock no longer than it may, and names who has it") {
  ScratchPostgres scratch("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
  Archived archive(scratch.url());
  const Role app(scratch);
  scratch.exec("ALTER TABLE t OWNER TO " + app.name() + "; GRANT CREATE ON SCHEMA public TO " +
               app.name());
  // A superuser's session, which the role may not end.
  const auto other = open(scratch.url());
  const auto reading = other->snapshot();
  const Schema schema = reading->schema();
  reading->hold({&schema.tables.front()});
  const Error error = archive.failure(app.url());
  CHECK(error.kind() == ErrorKind::refused);
  CHECK(error.message().find("table t is locked by process ") != std::string::npos);
  CHECK(scratch.query("SELECT count(*) FROM t") == "1");
}

TEST_CASE("others' sessions are ended by a restore in place, or refused and named") {
  ScratchPostgres scratch("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
  Archived archive(scratch.url());
  scratch.exec("DELETE FROM t");
  const auto other = open(scratch.url() + "?application_name=reader");
  const auto reading = other->snapshot();
  const Schema schema = reading->schema();
  reading->hold({&schema.tables.front()});
  const Error error = archive.failure(scratch.url(), {.end_sessions = false, .in_place = true});
  CHECK(error.kind() == ErrorKind::refused);
  CHECK(error.message().find("pid ") != std::string::npos);
  CHECK(archive.restore(scratch.url()).in_place);
  CHECK(scratch.query("SELECT count(*) FROM t") == "1");
}

TEST_CASE(
    "a superuser's extension stays when a role restores in place, and its own is made again") {
  ScratchPostgres scratch("CREATE EXTENSION pageinspect; CREATE EXTENSION hstore");
  const Role app(scratch);
  scratch.exec("GRANT CREATE ON DATABASE " + scratch.name() + " TO " + app.name() +
               "; GRANT CREATE ON SCHEMA public TO " + app.name());
  app.exec(
      "CREATE EXTENSION citext; CREATE TABLE t (a citext, b hstore); "
      "INSERT INTO t VALUES ('X', 'a=>1')");
  Archived archive(app.url());
  app.exec("UPDATE t SET b = NULL");
  const std::string numbers =
      "SELECT oid FROM pg_extension WHERE extname IN ('pageinspect', 'hstore') ORDER BY 1";
  const std::string before = scratch.query(numbers);
  CHECK(archive.restore(app.url()).in_place);
  CHECK(scratch.query("SELECT a = 'x', b FROM t") == "t|\"a\"=>\"1\"");
  CHECK(scratch.query(numbers) == before);
  CHECK(scratch.query("SELECT extowner::regrole FROM pg_extension WHERE extname = 'citext'") ==
        app.name());
}

TEST_CASE("default privileges and rights on the schema public come back as the backup has them") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive(scratch.url());
  const std::string before = dumped(scratch.url());
  scratch.exec(
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES IN "
      "SCHEMA public GRANT INSERT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON "
      "FUNCTIONS FROM PUBLIC; GRANT ALL ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS "
      "''");
  archive.restore(scratch.url());
  CHECK(dumped(scratch.url()) == before);
}

TEST_CASE("a backup without the schema public takes it away in place, and one with it brings it") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived with(scratch.url());
  scratch.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA app; CREATE TABLE app.t (id int)");
  Archived without(scratch.url());
  with.restore(scratch.url());
  CHECK(scratch.query("SELECT to_regclass('public.t'), to_regnamespace('app')") == "t|");
  CHECK(without.restore(scratch.url()).left_out.empty());
  CHECK(scratch.query("SELECT to_regnamespace('public'), to_regclass('app.t')") == "|app.t");
}

TEST_CASE("the schema public, dropped and made again, comes back as others may use it") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive(scratch.url());
  const std::string facts =
      "SELECT nspowner::regrole, nspacl::text, obj_description(oid, 'pg_namespace') "
      "FROM pg_namespace WHERE nspname = 'public'";
  const std::string before = scratch.query(facts);
  const Role app(scratch);
  SECTION("empty") { scratch.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); }
  SECTION("with rights of its own") {
    scratch.exec(
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO " +
        app.name() + " WITH GRANT OPTION");
  }
  SECTION("not at all") { scratch.exec("DROP SCHEMA public CASCADE"); }
  CHECK(archive.restore(scratch.url()).left_out.empty());
  CHECK(scratch.query(facts) == before);
}

TEST_CASE("a database that doesn't exist can't be restored in place") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  Archived archive(scratch.url());
  CHECK(archive.failure(postgres_url(scratch.name() + "_none")).kind() == ErrorKind::usage);
}

TEST_CASE("what others have in a role's schema stays, and the schema with it") {
  ScratchPostgres scratch;
  const Role app(scratch);
  scratch.exec("CREATE SCHEMA app AUTHORIZATION " + app.name() + "; GRANT CREATE ON DATABASE " +
               scratch.name() + " TO " + app.name());
  app.exec("CREATE TABLE app.t (id int); INSERT INTO app.t VALUES (1)");
  Archived archive(app.url());
  scratch.exec("CREATE TABLE app.audit (id int); INSERT INTO app.audit VALUES (7)");
  app.exec("UPDATE app.t SET id = 2; CREATE TABLE app.later (id int)");
  archive.restore(app.url());
  CHECK(scratch.query("SELECT (SELECT id FROM app.t), (SELECT id FROM app.audit), "
                      "to_regclass('app.later')") == "1|7|");
}

TEST_CASE("rarer kinds of objects come back in place too") {
  ScratchPostgres scratch(
      "CREATE FUNCTION less(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $2 - $1';"
      "CREATE OPERATOR FAMILY backwards USING btree;"
      "CREATE OPERATOR CLASS downwards FOR TYPE int USING btree FAMILY backwards AS OPERATOR 1 >, "
      "OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 less(int, int);"
      "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY, x int);"
      "CREATE INDEX t_down ON t (x downwards); INSERT INTO t (x) VALUES (1), (2);"
      "CREATE TYPE span AS RANGE (subtype = float8); CREATE TABLE spans (s span, many span[]);"
      "INSERT INTO spans VALUES ('[1,2)', '{\"[3,4)\"}');"
      "CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);"
      "CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;"
      "CREATE FOREIGN DATA WRAPPER nobody; CREATE SERVER there FOREIGN DATA WRAPPER nobody;"
      "CREATE USER MAPPING FOR PUBLIC SERVER there OPTIONS (user 'x');"
      "CREATE AGGREGATE most (ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = "
      "internal, FINALFUNC = mode_final, FINALFUNC_EXTRA);"
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;"
      "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO "
      "SQL WITH FUNCTION int4recv(internal));"
      "CREATE SUBSCRIPTION news CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, "
      "slot_name = NONE)");
  const std::string before = dumped(scratch.url());
  Archived archive(scratch.url());
  scratch.exec("DELETE FROM t");
  const RestoreReport report = archive.restore(scratch.url());
  CHECK(report.left_out.empty());
  CHECK(dumped(scratch.url()) == before);
  scratch.exec("DROP SUBSCRIPTION news");
}

}  // namespace
}  // namespace dbkeeper::testing
