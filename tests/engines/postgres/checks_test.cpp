// What the engine finds wrong with a database, and how it behaves when others are in the way.
#include <algorithm>
#include <chrono>

#include "dbkeeper/base/error.h"
#include "engines/postgres/lock.h"
#include "engines/postgres/selection.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

std::unique_ptr<Database> open_impatiently(const std::string& url, Access access = Access::read) {
  static SilentReporter reporter;
  static const Stop stop;
  OpenOptions options;
  options.access = access;
  options.lock_timeout = std::chrono::milliseconds(200);
  options.reporter = &reporter;
  options.stop = &stop;
  return open_database(url, options);
}

Orphans orphans_of(ScratchPostgres& database, const std::string& name) {
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Table& table = table_of(schema, name);
  REQUIRE(table.foreign_keys.size() == 1);
  return snapshot->orphans(table, table.foreign_keys[0]);
}

}  // namespace

TEST_CASE("orphans behind a key that was never validated are counted and shown") {
  ScratchPostgres database(
      "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1);"
      "CREATE TABLE c (p bigint); INSERT INTO c VALUES (1), (NULL), (8), (8), (9);"
      "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p NOT VALID");
  const Orphans orphans = orphans_of(database, "c");
  CHECK(orphans.count == 3);
  CHECK(orphans.samples == std::vector<std::string>{"8", "9"});
}

TEST_CASE("MATCH SIMPLE lets a NULL go, MATCH FULL only nothing but NULLs") {
  const std::string rows =
      "CREATE TABLE p (a int, b text, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 'x');"
      "CREATE TABLE c (a int, b text); INSERT INTO c VALUES (1, 'x'), (1, NULL), (NULL, NULL), "
      "(2, 'y');";
  ScratchPostgres simple(rows + "ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p NOT VALID");
  CHECK(orphans_of(simple, "c").count == 1);
  CHECK(orphans_of(simple, "c").samples == std::vector<std::string>{"(2, y)"});
  ScratchPostgres full(rows +
                       "ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p MATCH FULL NOT VALID");
  CHECK(orphans_of(full, "c").count == 2);
}

TEST_CASE("a key compares by its own operator and sees partitions on both sides") {
  ScratchPostgres database(
      "CREATE EXTENSION citext; CREATE TABLE p (id citext PRIMARY KEY); INSERT INTO p VALUES "
      "('Ann'); CREATE TABLE c (p citext); INSERT INTO c VALUES ('ANN');"
      "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p NOT VALID;"
      "CREATE TABLE pp (id int PRIMARY KEY) PARTITION BY LIST (id);"
      "CREATE TABLE pp1 PARTITION OF pp DEFAULT; INSERT INTO pp VALUES (1);"
      "CREATE TABLE pc (p int REFERENCES pp) PARTITION BY LIST (p);"
      "CREATE TABLE pc1 PARTITION OF pc DEFAULT; INSERT INTO pc VALUES (1), (NULL);"
      "CREATE TABLE k (id text COLLATE \"C\" PRIMARY KEY); INSERT INTO k VALUES ('a');"
      "CREATE TABLE l (k text REFERENCES k); INSERT INTO l VALUES ('a')");
  CHECK(orphans_of(database, "c").count == 0);
  CHECK(orphans_of(database, "pc").count == 0);
  CHECK(orphans_of(database, "l").count == 0);
}

TEST_CASE("an invalid index is found, with how to mend it") {
  ScratchPostgres database("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
  CHECK_THROWS(database.exec("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)"));
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const auto findings = snapshot->integrity(schema, Depth::quick);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].check == "index");
  CHECK(findings[0].table == TableName{"public", "t"});
  CHECK(findings[0].object == "broken");
  CHECK_THAT(findings[0].hint, contains("REINDEX"));
  CHECK_FALSE(table_of(schema, "t").unique.at(0).valid);
}

TEST_CASE("amcheck's findings are ours, and don't end the check") {
  ScratchPostgres database(
      "CREATE EXTENSION amcheck; CREATE TABLE t (a text); INSERT INTO t SELECT 'v' || g FROM "
      "generate_series(1, 500) g; CREATE INDEX i ON t (a); CREATE TABLE u (a int PRIMARY KEY)");
  {
    const auto snapshot_of = open(database.url());
    const auto snapshot = snapshot_of->snapshot();
    CHECK(snapshot->integrity(snapshot->schema(), Depth::full).empty());
  }
  // Another order than the index was built with, as after an upgrade of the C library.
  database.exec(
      "CREATE FUNCTION backwards(text, text) RETURNS int LANGUAGE sql IMMUTABLE AS "
      "'SELECT -bttextcmp($1, $2)';"
      "UPDATE pg_amproc SET amproc = 'backwards'::regproc WHERE amprocfamily = (SELECT oid FROM "
      "pg_opfamily WHERE opfname = 'text_ops' AND opfmethod = 403) AND amproclefttype = 25 AND "
      "amprocrighttype = 25 AND amprocnum = 1;"
      "DELETE FROM pg_amproc WHERE amprocfamily = (SELECT oid FROM pg_opfamily WHERE opfname = "
      "'text_ops' AND opfmethod = 403) AND amproclefttype = 25 AND amprocnum = 2");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const auto findings = snapshot->integrity(schema, Depth::full);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].check == "integrity");
  CHECK(findings[0].object == "i");
  CHECK_THAT(findings[0].message, contains("violated"));
  CHECK(snapshot->count(table_of(schema, "u")) == 0);
}

TEST_CASE("the furthest value is a partition's or an heir's too, and the lowest going down") {
  ScratchPostgres database(
      "CREATE TABLE t (id serial); CREATE TABLE h () INHERITS (t);"
      "INSERT INTO t VALUES (5); INSERT INTO h VALUES (-50), (50)");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  Sequence sequence = schema.sequences.at(0);
  CHECK(snapshot->furthest(table_of(schema, "t"), "id", sequence) == 50);
  sequence.increment = -1;
  CHECK(snapshot->furthest(table_of(schema, "t"), "id", sequence) == -50);
  database.exec("CREATE TABLE empty (id serial)");
  const auto later = open(database.url())->snapshot();
  const Schema now = later->schema();
  CHECK_FALSE(later->furthest(table_of(now, "empty"), "id", sequence));
}

TEST_CASE("a sequence moves forward only") {
  ScratchPostgres database(
      "CREATE SEQUENCE up; CREATE SEQUENCE down INCREMENT -1; CREATE SEQUENCE small MAXVALUE 9;"
      "CREATE SEQUENCE later START 100");
  const auto writer = open(database.url(), Access::write);
  const Schema schema = writer->snapshot()->schema();
  const auto advance = [&](const std::string& name, std::int64_t value) {
    const auto at = std::find_if(schema.sequences.begin(), schema.sequences.end(),
                                 [&](const Sequence& s) { return s.name.name == name; });
    const auto transaction = writer->begin();
    transaction->advance(*at, value);
    transaction->commit();
  };
  advance("up", 10);
  advance("up", 5);
  CHECK(database.query("SELECT nextval('up')") == "11");
  advance("down", -10);
  advance("down", -5);
  CHECK(database.query("SELECT nextval('down')") == "-11");
  advance("later", 7);
  CHECK(database.query("SELECT nextval('later')") == "100");
  CHECK(error_of([&] { advance("small", 10); }).kind() == ErrorKind::conflict);
}

TEST_CASE("a table that others hold locked is refused in time, and the holder named") {
  ScratchPostgres database("CREATE TABLE t (a int); CREATE TABLE u (a int)");
  const auto reader = open_impatiently(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  auto holder = hold_lock(database, "t", "long_migration");
  const Error error = error_of([&] { snapshot->rows(table_of(schema, "t"), {"a"}); });
  CHECK(error.kind() == ErrorKind::refused);
  CHECK_THAT(error.message(), contains("long_migration"));
  CHECK_THAT(error.message(), contains(std::to_string(PQbackendPID(holder.get()))));
  CHECK(snapshot->count(table_of(schema, "u")) == 0);  // still usable

  const auto writer = open_impatiently(database.url(), Access::write);
  const auto transaction = writer->begin();
  const Error on_write = error_of([&] { transaction->insert(table_of(schema, "t"), {"a"}); });
  CHECK(on_write.kind() == ErrorKind::refused);
  CHECK_THAT(on_write.message(), contains("long_migration"));
  holder.reset();
  CHECK(snapshot->count(table_of(schema, "t")) == 0);
}

TEST_CASE("a table emptied under a snapshot is an error, never an empty table") {
  ScratchPostgres database("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  database.exec("TRUNCATE t");
  CHECK_THAT(error_of([&] { snapshot->rows(table_of(schema, "t"), {"a"}); }).message(),
             contains("emptied or rewritten"));
  CHECK_THROWS_AS(snapshot->count(table_of(schema, "t")), Error);
}

TEST_CASE("damage in a table is found by reading it through") {
  ScratchPostgres database(
      "CREATE TABLE t (a text); ALTER TABLE t ALTER a SET STORAGE EXTERNAL;"
      "INSERT INTO t VALUES ('short'), (repeat('x', 10000));"
      "DELETE FROM pg_class WHERE oid = (SELECT reltoastrelid FROM pg_class WHERE relname = 't')");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  snapshot->read_through(table_of(schema, "t"), Depth::quick);
  const Error error = error_of([&] { snapshot->read_through(table_of(schema, "t"), Depth::full); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.table() == "t");
  CHECK(snapshot->count(table_of(schema, "t")) == 2);  // still usable
}

TEST_CASE("a deferred key that is broken at commit is a conflict, and nothing stays") {
  ScratchPostgres database(
      "CREATE TABLE p (id int PRIMARY KEY);"
      "CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
  const auto writer = open(database.url(), Access::write);
  const Schema schema = writer->snapshot()->schema();
  const auto transaction = writer->begin();
  {
    const auto sink = transaction->insert(table_of(schema, "c"), {"p"});
    Batch batch(1);
    batch.add_integer(7);
    sink->write(batch);
    sink->finish();
  }
  const Error error = error_of([&] { transaction->commit(); });
  CHECK(error.kind() == ErrorKind::conflict);
  CHECK(error.table() == "c");
  CHECK_THAT(error.message(), contains("Key (p)=(7)"));
  CHECK(database.query("SELECT count(*) FROM c") == "0");
}

TEST_CASE("a database opened for reading can't be written to") {
  ScratchPostgres database("CREATE TABLE t (a int)");
  const auto reader = open(database.url());
  const Schema schema = reader->snapshot()->schema();
  const auto attempt = [&] { reader->begin()->insert(table_of(schema, "t"), {"a"})->finish(); };
  CHECK(error_of(attempt).kind() == ErrorKind::failed);
  CHECK(database.query("SELECT count(*) FROM t") == "0");
}

}  // namespace dbkeeper::testing
