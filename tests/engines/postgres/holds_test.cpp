// What others may do to tables that an export has begun to read, and the parts it reads them in.
#include <algorithm>
#include <chrono>
#include <thread>

#include "dbkeeper/base/error.h"
#include "engines/postgres/lock.h"
#include "engines/postgres/selection.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using Numbers = std::vector<std::int64_t>;

Selection all_of(const Table& table) {
  RowSet rows;
  rows.table = &table;
  return {{rows}};
}

std::unique_ptr<Database> open_impatiently(const std::string& url) {
  static SilentReporter reporter;
  static const Stop stop;
  OpenOptions options;
  options.lock_timeout = std::chrono::milliseconds(200);
  options.reporter = &reporter;
  options.stop = &stop;
  return open_database(url, options);
}

// Whether another session gets its way with the table soon.
bool gets_through(ScratchPostgres& database, const std::string& sql) {
  try {
    database.exec("SET lock_timeout = '100ms'; " + sql);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

Numbers one_to(std::int64_t last) {
  Numbers out;
  for (std::int64_t i = 1; i <= last; ++i) out.push_back(i);
  return out;
}

}  // namespace

TEST_CASE("a held table can't be dropped, emptied or rewritten, whatever fails meanwhile") {
  ScratchPostgres database(
      "CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE TABLE u (id int);"
      "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Table& t = table_of(schema, "t");
  snapshot->hold({&t, &table_of(schema, "p")});
  CHECK_THROWS_AS(snapshot->check_condition(t, "nonsense"), Error);
  CHECK_THROWS_AS(snapshot->rows(t, {"nothing"}), Error);
  snapshot->schema();
  for (const char* sql : {"DROP TABLE t", "TRUNCATE t", "ALTER TABLE t ALTER id TYPE bigint",
                          "VACUUM FULL t", "TRUNCATE p1", "DROP TABLE p"}) {
    INFO(sql);
    CHECK_FALSE(gets_through(database, sql));
  }
  const auto other = snapshot->another_reader();
  other->hold({&t});
  CHECK(gets_through(database, "INSERT INTO t VALUES (2); DROP TABLE u"));
  CHECK(numbers(*snapshot, all_of(t), 0) == Numbers{1});
  CHECK(numbers(*other, all_of(t), 0) == Numbers{1});
}

TEST_CASE("a table that went, or was emptied, before it could be held is an error that says so") {
  ScratchPostgres database(
      "CREATE TABLE gone (id int); CREATE TABLE renamed (id int); CREATE TABLE emptied (id int);"
      "CREATE TABLE kept (id int); CREATE SCHEMA s; CREATE TABLE s.t (id int);"
      "CREATE TABLE again (id int); CREATE TABLE p (id int) PARTITION BY LIST (id);"
      "CREATE TABLE p1 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1)");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  database.exec(
      "DROP TABLE gone; ALTER TABLE renamed RENAME TO other; TRUNCATE emptied; DROP SCHEMA s "
      "CASCADE; DROP TABLE again; CREATE TABLE again (id int); TRUNCATE p");
  const auto why = [&](const TableName& name) {
    const Table* table = schema.find(name);
    REQUIRE(table);
    const Error error = error_of([&] { snapshot->hold({&table_of(schema, "kept"), table}); });
    CHECK(error.kind() == ErrorKind::failed);
    CHECK_FALSE(error.hint().empty());
    return error.table() + ": " + error.message();
  };
  CHECK_THAT(why({"public", "gone"}), contains("gone: table gone was dropped"));
  CHECK_THAT(why({"public", "renamed"}), contains("renamed: table renamed was dropped or renamed"));
  CHECK_THAT(why({"s", "t"}), contains("s.t: table s.t was dropped"));
  CHECK_THAT(why({"public", "emptied"}), contains("emptied or rewritten"));
  CHECK_THAT(why({"public", "again"}), contains("emptied or rewritten"));
  CHECK_THAT(why({"public", "p"}), contains("p1: table p1 was emptied"));
  snapshot->hold({&table_of(schema, "kept")});
}

TEST_CASE("who is in the way of holding many tables is named, and the table") {
  ScratchPostgres database(
      "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE p (id int) PARTITION BY LIST "
      "(id); CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE TABLE z (id int)");
  const auto reader = open_impatiently(database.url());
  for (const char* locked : {"b", "p1"}) {
    const auto snapshot = reader->snapshot();
    const Schema schema = snapshot->schema();
    std::vector<const Table*> all;
    for (const Table& table : schema.tables) all.push_back(&table);
    auto holder = hold_lock(database, locked, "long_migration");
    const Error error = error_of([&] { snapshot->hold(all); });
    CHECK(error.kind() == ErrorKind::refused);
    CHECK(error.table() == locked);
    CHECK_THAT(error.message(), contains("long_migration"));
    CHECK_THAT(error.message(), contains(std::to_string(PQbackendPID(holder.get()))));
    CHECK(gets_through(database, "DROP TABLE z; CREATE TABLE z (id int)"));  // nothing is held yet
    holder.reset();
    const auto later = reader->snapshot();
    later->hold({&table_of(schema, locked)});
    CHECK_FALSE(gets_through(database, "TRUNCATE " + std::string(locked)));
  }
}

TEST_CASE("a large table comes in ranges of pages, the last one open, out-of-line data counted") {
  ScratchPostgres database(
      "CREATE TABLE t (id int, filler text); INSERT INTO t SELECT g, repeat('x', 500) FROM "
      "generate_series(1, 3000) g; CREATE TABLE toasted (id int, b text); ALTER TABLE toasted "
      "ALTER b SET STORAGE EXTERNAL; INSERT INTO toasted SELECT g, repeat('x', 20000) FROM "
      "generate_series(1, 200) g; CREATE TABLE empty (id int)");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Selection selection = all_of(table_of(schema, "t"));
  snapshot->hold({&table_of(schema, "t")});

  const std::vector<Part> parts = snapshot->parts(selection, 0, 256 << 10);
  REQUIRE(parts.size() == 7);  // 1.6 MB
  CHECK(parts.front().begin == 0);
  CHECK(parts.back().end == 0);
  Numbers all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) CHECK(parts[i].begin == parts[i - 1].end);
    CHECK(parts[i].table == TableName{"public", "t"});
    CHECK(parts[i].bytes > 200 << 10);
    CHECK(parts[i].bytes <= 256 << 10);
    const Numbers some = numbers(*snapshot, selection, 0, parts[i], "id");
    CHECK(some.size() > 300);
    all.insert(all.end(), some.begin(), some.end());
  }
  CHECK(all == one_to(3000));
  CHECK(snapshot->parts(selection, 0, 1 << 30).size() == 1);
  CHECK(snapshot->parts(selection, 0, 1).size() > 100);  // no smaller than a page
  CHECK(numbers(*snapshot, selection, 0, "id", 1) == one_to(3000));

  const Selection toasted = all_of(table_of(schema, "toasted"));
  CHECK(snapshot->parts(toasted, 0, 4 << 20).size() == 2);
  CHECK(numbers(*snapshot, toasted, 0, "id", 100'000) == one_to(200));
  CHECK(snapshot->parts(all_of(table_of(schema, "empty")), 0, 1).size() == 1);
  CHECK(numbers(*snapshot, all_of(table_of(schema, "empty")), 0).empty());
}

TEST_CASE("a partitioned table comes leaf by leaf, foreign ones left out") {
  ScratchPostgres database(
      "CREATE TABLE p (id int, twice int GENERATED ALWAYS AS (id * 2) STORED) PARTITION BY RANGE "
      "(id); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1000) TO (2000) PARTITION BY RANGE "
      "(id); CREATE TABLE p21 PARTITION OF p2 DEFAULT;"
      "CREATE TABLE p1 (twice int GENERATED ALWAYS AS (id * 2) STORED, dropped int, id int);"
      "ALTER TABLE p1 DROP dropped; ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO "
      "(1000);"
      "INSERT INTO p SELECT generate_series(1, 1999);"
      "CREATE EXTENSION postgres_fdw; CREATE SERVER nowhere FOREIGN DATA WRAPPER postgres_fdw "
      "OPTIONS (host '/nowhere'); CREATE FOREIGN TABLE p3 PARTITION OF p FOR VALUES FROM (2000) TO "
      "(3000) SERVER nowhere; CREATE TABLE none (id int) PARTITION BY LIST (id)");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Table& p = table_of(schema, "p");
  snapshot->hold({&p, &table_of(schema, "none")});
  const std::vector<Part> parts = snapshot->parts(all_of(p), 0, 1 << 20);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].table.name == "p1");
  CHECK(parts[1].table.name == "p21");
  CHECK(numbers(*snapshot, all_of(p), 0, "id", 8192) == one_to(1999));
  CHECK(numbers(*snapshot, all_of(p), 0, "twice").front() == 2);
  CHECK(snapshot->parts(all_of(table_of(schema, "none")), 0, 1).size() == 1);
  CHECK(numbers(*snapshot, all_of(table_of(schema, "none")), 0).empty());
}

TEST_CASE("partitions that a role may read only through their table are read through it") {
  ScratchPostgres database(
      "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT;"
      "INSERT INTO p VALUES (1), (2); CREATE TABLE c (id int, secret int); INSERT INTO c SELECT "
      "generate_series(1, 2000), 8");
  const std::string role = "reader_of_" + database.name();
  database.exec("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON p TO " + role +
                "; GRANT SELECT (id) ON c TO " + role);
  {
    std::string url = database.url();
    url.replace(url.find("postgres@"), 8, role);
    const auto reader = open(url);
    const auto snapshot = reader->snapshot();
    const Schema schema = snapshot->schema();
    const Table &p = table_of(schema, "p"), &c = table_of(schema, "c");
    snapshot->hold({&p, &c});
    CHECK_FALSE(gets_through(database, "TRUNCATE p1"));
    CHECK(snapshot->parts(all_of(p), 0, 1).size() == 1);
    CHECK(numbers(*snapshot, all_of(p), 0) == Numbers{1, 2});
    CHECK(numbers(*snapshot, all_of(c), 0, "id", 1) == one_to(2000));
    const Error error = error_of([&] { snapshot->rows(all_of(c), 0, {c.name}, {"secret"}); });
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.table() == "c");
  }
  database.exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("parts hold every row of the moment once, while others write and vacuum") {
  ScratchPostgres database(
      "CREATE TABLE t (id int PRIMARY KEY, n int, filler text DEFAULT repeat('x', 200)) WITH "
      "(fillfactor = 60); INSERT INTO t (id, n) SELECT g, 0 FROM generate_series(1, 4000) g");
  const auto reader = open(database.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  const Table& t = table_of(schema, "t");
  const std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      const std::string some = "id % 7 = " + std::to_string(i % 7);
      database.exec("UPDATE t SET n = n + 1, filler = repeat('y', " + std::to_string(50 * (i % 9)) +
                    ") WHERE " + some);
      database.exec("DELETE FROM t WHERE id > 4000 OR id % 13 = " + std::to_string(i % 13));
      database.exec(
          "INSERT INTO t (id, n) SELECT g, 0 FROM generate_series(1, 4500) g ON CONFLICT "
          "DO NOTHING");
      database.exec("VACUUM t");
    }
  });
  // A snapshot of its own sees whatever was committed; each of its readers the same.
  for (int round = 0; round < 5; ++round) {
    const auto moment = open(database.url())->snapshot();
    moment->hold({&t});
    const Selection selection = all_of(t);
    const std::int64_t count = moment->count(t);
    const auto other = moment->another_reader();
    Numbers all;
    for (const Part& part : moment->parts(selection, 0, 50'000)) {
      const Numbers some = numbers(part.begin % 2 ? *moment : *other, selection, 0, part, "id");
      all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end());
    CHECK(static_cast<std::int64_t>(all.size()) == count);
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  }
  const Selection selection = all_of(t);
  CHECK(numbers(*snapshot, selection, 0, "id", 50'000) == one_to(4000));
}

}  // namespace dbkeeper::testing
