// Which rows a selection means.
#include <chrono>

#include "dbkeeper/base/error.h"
#include "engines/postgres/selection.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using Base = RowSet::Base;
using Numbers = std::vector<std::int64_t>;

RowSet set_of(const Table& table, Base base) {
  RowSet out;
  out.table = &table;
  out.base = base;
  return out;
}
RowSet everything(const Table& table) { return set_of(table, Base::all); }
RowSet only_where(const Table& table, const std::string& condition) {
  RowSet out = set_of(table, Base::condition);
  out.condition = condition;
  return out;
}
RowSet referred(const Table& table, std::vector<RowSet::Link> links) {
  RowSet out = set_of(table, Base::none);
  out.referred_by = std::move(links);
  return out;
}

}  // namespace

TEST_CASE("a condition picks rows, by the column alone or with the table's name") {
  const ScratchMoment reading(
      "CREATE TABLE users (id int, name text); INSERT INTO users SELECT g, 'u' || g FROM "
      "generate_series(1, 9) g; CREATE TABLE \"odd \"\"name\" (id int); INSERT INTO \"odd "
      "\"\"name\" VALUES (1), (2)");
  const Table& users = reading.table("users");
  const auto picked = [&](const Table& table, const std::string& condition) {
    return numbers(*reading.snapshot, {{only_where(table, condition)}}, 0);
  };
  CHECK(picked(users, "id > 7") == Numbers{8, 9});
  CHECK(picked(users, "users.id > 7 OR name = 'u1' -- not all") == Numbers{1, 8, 9});
  CHECK(picked(users, "id IN (SELECT id FROM \"odd \"\"name\")") == Numbers{1, 2});
  CHECK(picked(reading.table("odd \"name"), "\"odd \"\"name\".id = 2") == Numbers{2});
  CHECK(picked(users, "false").empty());
}

TEST_CASE("what is no condition is a wrong usage that names table and cause") {
  const ScratchMoment reading("CREATE TABLE t (id int, s text); INSERT INTO t VALUES (1, 'a')");
  const Table& table = reading.table("t");
  const auto why = [&](const std::string& condition) {
    const Error error = error_of([&] { reading.snapshot->check_condition(table, condition); });
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.table() == "t");
    CHECK_FALSE(error.hint().empty());
    return error.message();
  };
  CHECK_THAT(why("nothing = 1"), contains("column \"nothing\" does not exist"));
  CHECK_THAT(why("id = 1; DROP TABLE t"), contains("syntax error"));
  CHECK_THAT(why("true)); DROP TABLE t; --"), contains("table t"));
  CHECK_THAT(why("id = 1) OR (id = 2"), contains("syntax error"));
  CHECK_THAT(why("true THEN 1 END FROM t WHERE (true"), contains("syntax error"));
  CHECK_THAT(why("(id = 1"), contains("syntax error"));
  CHECK_THAT(why("s = 'a"), contains("unterminated"));
  CHECK_THAT(why("s = $$a"), contains("unterminated"));
  CHECK_THAT(why("/* id = 1"), contains("unterminated"));
  CHECK_THAT(why("id"), contains("boolean"));
  CHECK_THAT(why("id = $1"), contains("parameter"));
  CHECK_THAT(why("count(*) > 1"), contains("aggregate"));
  CHECK_THAT(why(""), contains("syntax error"));
  CHECK_THAT(why("u.id = 1"), contains("u"));
  reading.snapshot->check_condition(table, "id = 1 -- one");
  CHECK(reading.snapshot->count(table) == 1);  // still usable
  const Selection selection{{only_where(table, "1 / (id - 1) = 1")}};
  const Error error = error_of([&] { numbers(*reading.snapshot, selection, 0); });
  CHECK_THAT(error.message(), contains("division by zero"));
  CHECK(error.table() == "t");
}

TEST_CASE("a condition means what it means in the role's own search_path") {
  const ScratchMoment reading(
      "CREATE SCHEMA app; CREATE EXTENSION citext SCHEMA app; CREATE TABLE t (id int, e "
      "app.citext);"
      "INSERT INTO t VALUES (1, 'Ann'); CREATE TYPE app.mood AS ENUM ('sad', 'merry');"
      "CREATE FUNCTION app.one() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT min(id) "
      "FROM "
      "t); END'; DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET search_path "
      "= app, public'; END $$");
  const Selection selection{
      {only_where(reading.table("t"), "e = 'ann' AND id = one() AND 'sad'::mood < 'merry'")}};
  CHECK(numbers(*reading.snapshot, selection, 0) == Numbers{1});
  CHECK(reading.snapshot->schema().find({"public", "t"})->columns[1].type.name == "app.citext");
}

TEST_CASE("rows that rows refer to come along: composite keys, other types, NULLs, partitions") {
  const ScratchMoment reading(
      "CREATE TABLE p (a int, b text, id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (a, b));"
      "INSERT INTO p (a, b) VALUES (1, 'x'), (1, 'y'), (2, 'x'), (3, 'z');"
      "CREATE TABLE c (id int, a smallint, b varchar(9), FOREIGN KEY (a, b) REFERENCES p);"
      "INSERT INTO c VALUES (1, 1, 'x'), (2, 1, NULL), (3, NULL, 'z'), (4, 2, 'x'), (5, 2, 'x');"
      "CREATE TABLE h () INHERITS (p); INSERT INTO h (a, b, id) VALUES (1, 'x', 99);"
      "CREATE TABLE pp (id int PRIMARY KEY) PARTITION BY RANGE (id);"
      "CREATE TABLE pp1 PARTITION OF pp FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);"
      "CREATE TABLE pp11 PARTITION OF pp1 DEFAULT; CREATE TABLE pp2 PARTITION OF pp DEFAULT;"
      "INSERT INTO pp SELECT generate_series(1, 20);"
      "CREATE TABLE pc (id int, p bigint REFERENCES pp) PARTITION BY LIST (id);"
      "CREATE TABLE pc1 PARTITION OF pc FOR VALUES IN (1, 2); CREATE TABLE pc2 PARTITION OF pc "
      "DEFAULT; INSERT INTO pc VALUES (1, 3), (2, 15), (3, 15), (4, NULL);"
      "CREATE TABLE pl (p int REFERENCES pp11); INSERT INTO pl VALUES (5)");
  Snapshot& snapshot = *reading.snapshot;
  const Table &p = reading.table("p"), &c = reading.table("c");
  const Table &pp = reading.table("pp"), &pc = reading.table("pc"), &pl = reading.table("pl");

  const ForeignKey& key = key_of(c, "a");
  CHECK(numbers(snapshot, {{everything(c), referred(p, {{0, &key}})}}, 1) == Numbers{1, 3});
  CHECK(numbers(snapshot, {{only_where(c, "c.id < 4"), referred(p, {{0, &key}})}}, 1) ==
        Numbers{1});
  RowSet others = referred(p, {{0, &key}});
  others.without = 2;
  CHECK(numbers(snapshot, {{everything(c), others, only_where(p, "b = 'y' OR a = 2")}}, 1) ==
        Numbers{1});
  others.without = 3;
  CHECK(numbers(snapshot, {{everything(c), others, everything(p), everything(p)}}, 1).empty());
  RowSet rest = everything(p);
  rest.without = 1;
  CHECK(numbers(snapshot, {{rest, referred(p, {{2, &key}}), everything(c)}}, 0) == Numbers{2, 4});

  const ForeignKey& to_pp = key_of(pc, "p");
  const ForeignKey& to_leaf = key_of(pl, "p");
  CHECK(numbers(snapshot,
                {{everything(pc), everything(pl), referred(pp, {{0, &to_pp}, {1, &to_leaf}})}},
                2) == Numbers{3, 5, 15});
  CHECK(numbers(snapshot, {{only_where(pc, "id = 1"), referred(pp, {{0, &to_pp}})}}, 1) ==
        Numbers{3});
  RowSet most = referred(pp, {{0, &to_pp}});
  most.without = 2;
  CHECK(numbers(snapshot, {{everything(pc), most, only_where(pp, "pp.id = 15")}}, 1) == Numbers{3});
  CHECK(numbers(snapshot, {{only_where(pp, "id % 7 = 0")}}, 0) == Numbers{7, 14});
  CHECK(numbers(snapshot, {{everything(pp)}}, 0).size() == 20);
}

TEST_CASE("a chain of a hundred thousand rows and a wide tree are walked, not joined, in time") {
  const ScratchMoment reading(
      "CREATE TABLE n (id int PRIMARY KEY, next int REFERENCES n); INSERT INTO n SELECT g, "
      "nullif(g, 1) - 1 FROM generate_series(1, 100000) g;"
      "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 50000);"
      "CREATE TABLE c (id int, p bigint REFERENCES p); INSERT INTO c SELECT g, 1 + g % 25000 FROM "
      "generate_series(1, 200000) g");
  const Table &n = reading.table("n"), &p = reading.table("p"), &c = reading.table("c");
  RowSet chain = only_where(n, "id = 100000");
  chain.referred_by = {{0, &key_of(n, "next")}};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(numbers(*reading.snapshot, {{chain}}, 0).size() == 100000);
  const auto walked = std::chrono::steady_clock::now();
  CHECK(numbers(*reading.snapshot, {{everything(c), referred(p, {{0, &key_of(c, "p")}})}}, 1)
            .size() == 25000);
  const auto joined = std::chrono::steady_clock::now();
  CHECK(walked - begin < std::chrono::seconds(30));  // a join a step takes hours
  CHECK(joined - walked < std::chrono::seconds(10));
}

}  // namespace dbkeeper::testing
