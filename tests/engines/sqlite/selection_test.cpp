// Selections where SQLite has its own ideas: how keys compare, what tells rows apart, what a name
// in a condition may be.
#include "engines/contract_engines.h"
#include "support/catch.h"
#include "support/open.h"

namespace dbkeeper::testing {
namespace {

using Rows = std::vector<MemoryRow>;

// All rows of the child's table refer, by each of its foreign keys, to rows of a set of the
// parent's: what those are.
Rows parents_of(const ScratchSqlite& scratch, const std::string& child, const std::string& parent,
                const std::vector<std::string>& columns) {
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  Selection selection;
  selection.sets.resize(2);
  selection.sets[0].table = &table_in(schema, child);
  selection.sets[1].table = &table_in(schema, parent);
  selection.sets[1].base = RowSet::Base::none;
  for (const ForeignKey& key : selection.sets[0].table->foreign_keys)
    selection.sets[1].referred_by.push_back({0, &key});
  return read_set(*snapshot, selection, 1, columns);
}

// The rows that a condition chooses, and what they refer to within their table by its only key.
Rows closure_of(const ScratchSqlite& scratch, const std::string& name, const std::string& condition,
                const std::vector<std::string>& columns) {
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  Selection selection;
  RowSet& set = selection.sets.emplace_back();
  set.table = &table_in(schema, name);
  set.base = RowSet::Base::condition;
  set.condition = condition;
  set.referred_by.push_back({0, &set.table->foreign_keys.at(0)});
  return read_set(*snapshot, selection, 0, columns);
}

Error refusal(const ScratchSqlite& scratch, const std::string& name, const std::string& condition) {
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  try {
    snapshot->check_condition(table_in(schema, name), condition);
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("accepted: " + condition);
}

}  // namespace

TEST_CASE("parents are found as foreign keys compare, by the parent's affinity and collation") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE i (id INTEGER PRIMARY KEY);
    INSERT INTO i VALUES (1), (2), (3), (4), (5);
    CREATE TABLE of_i (a TEXT REFERENCES i, b REAL REFERENCES i, c BLOB REFERENCES i);
    INSERT INTO of_i VALUES ('1', 2.0, 3), ('x', 2.5, NULL), (NULL, NULL, x'34');
    CREATE TABLE t (code TEXT COLLATE nocase PRIMARY KEY);
    INSERT INTO t VALUES ('Ann'), ('7'), ('08'), ('Bob');
    CREATE TABLE of_t (a TEXT REFERENCES t, b INTEGER REFERENCES t);
    INSERT INTO of_t VALUES ('ANN', 7), (NULL, 8), ('bo', NULL);
    CREATE TABLE n (x UNIQUE);
    INSERT INTO n VALUES (1), ('2'), (3.5), (x'34');
    CREATE TABLE of_n (x TEXT REFERENCES n (x));
    INSERT INTO of_n VALUES (1), (2), (3.5))");
  CHECK(parents_of(scratch, "of_i", "i", {"id"}) == Rows{{1}, {2}, {3}});
  CHECK(parents_of(scratch, "of_t", "t", {"code"}) == Rows{{"7"}, {"Ann"}});
  CHECK(parents_of(scratch, "of_n", "n", {"x"}) == Rows{{"2"}});
}

TEST_CASE("a key that names the parent's columns in another order is followed in that order") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE p (a, b, c, PRIMARY KEY (a, b), UNIQUE (c, a)) WITHOUT ROWID;
    INSERT INTO p VALUES (1, 2, 'x'), (2, 1, 'x'), (3, 3, NULL);
    CREATE TABLE c (x, y, FOREIGN KEY (x, y) REFERENCES p (b, a));
    INSERT INTO c VALUES (1, 2), (3, NULL))");
  CHECK(parents_of(scratch, "c", "p", {"a", "b"}) == Rows{{2, 1}});
}

TEST_CASE("rows are told apart by the primary key's own collation where there is no rowid") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE fine (
      k TEXT COLLATE nocase, up TEXT, PRIMARY KEY (k COLLATE binary), UNIQUE (k, up)) WITHOUT ROWID;
    INSERT INTO fine VALUES ('a', 'B'), ('A', 'x'), ('b', 'c'), ('B', 'C'), ('C', NULL);
    CREATE TABLE coarse (
      k TEXT COLLATE nocase PRIMARY KEY, up TEXT REFERENCES coarse) WITHOUT ROWID;
    INSERT INTO coarse VALUES ('Ann', 'BOB'), ('bob', 'ann'), ('Eve', NULL);
    CREATE TABLE exact (k TEXT PRIMARY KEY, up TEXT REFERENCES exact) WITHOUT ROWID;
    INSERT INTO exact VALUES ('a', 'A'), ('A', 'b'), ('b', NULL), ('B', 'a'))");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  Selection selection;
  selection.sets.resize(2);
  selection.sets[0].table = selection.sets[1].table = &table_in(schema, "fine");
  selection.sets[0].base = RowSet::Base::condition;
  selection.sets[0].condition = "up = 'x' OR up = 'C'";
  selection.sets[1].without = 0;
  CHECK(read_set(*snapshot, selection, 1, {"k"}) == Rows{{"C"}, {"a"}, {"b"}});
  CHECK(closure_of(scratch, "exact", "k = 'a'", {"k"}) == Rows{{"A"}, {"a"}, {"b"}});
  CHECK(closure_of(scratch, "coarse", "k = 'ANN'", {"k"}) == Rows{{"Ann"}, {"bob"}});
}

TEST_CASE("rows are told apart though columns have taken the rowid's names") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE one (rowid TEXT, code TEXT UNIQUE, up TEXT REFERENCES one (code));
    INSERT INTO one VALUES ('same', 'a', 'b'), ('same', 'b', 'c'), ('same', 'c', 'a'),
                           ('same', 'd', 'a');
    CREATE TABLE all_three (
      RowId, _rowid_ BLOB, OID TEXT UNIQUE, up REFERENCES all_three (oid));
    INSERT INTO all_three VALUES (1, NULL, 'a', 'b'), (1.0, NULL, 'b', NULL), ('1', NULL, NULL, 'a'),
                                 ('1', NULL, NULL, 'a'), (x'31', 'x', NULL, 'zz');
    CREATE TABLE numbered (rowid, _rowid_, oid, id INTEGER PRIMARY KEY, up REFERENCES numbered);
    INSERT INTO numbered VALUES (1, 1, 1, 7, 8), (1, 1, 1, 8, 9), (1, 1, 1, 9, 9), (1, 1, 1, 10, 7))");
  CHECK(closure_of(scratch, "one", "code = 'a'", {"code"}) == Rows{{"a"}, {"b"}, {"c"}});
  CHECK(closure_of(scratch, "all_three", "typeof(rowid) = 'text'", {"RowId", "OID"}) ==
        Rows{{1, "a"}, {1.0, "b"}, {"1", nullptr}, {"1", nullptr}});
  CHECK(closure_of(scratch, "numbered", "id = 7", {"id"}) == Rows{{7}, {8}, {9}});
}

TEST_CASE("a circle through tables with a rowid and without is followed") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE r (id INTEGER PRIMARY KEY, x TEXT, y, FOREIGN KEY (x, y) REFERENCES w);
    CREATE TABLE w (x TEXT COLLATE nocase, y, r INTEGER REFERENCES r, PRIMARY KEY (x, y))
      WITHOUT ROWID;
    INSERT INTO r VALUES (1, 'A', 1), (2, 'b', 'k'), (3, 'c', NULL), (4, 'b', 'K');
    INSERT INTO w VALUES ('a', 1, 2), ('B', 'k', 3), ('b', 'K', 1), ('c', 1, 1))");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  Selection selection;
  selection.sets.resize(2);
  selection.sets[0].table = &table_in(schema, "r");
  selection.sets[0].base = RowSet::Base::condition;
  selection.sets[0].condition = "id = 1";
  selection.sets[0].referred_by.push_back({1, &table_in(schema, "w").foreign_keys.at(0)});
  selection.sets[1].table = &table_in(schema, "w");
  selection.sets[1].base = RowSet::Base::none;
  selection.sets[1].referred_by.push_back({0, &table_in(schema, "r").foreign_keys.at(0)});
  CHECK(read_set(*snapshot, selection, 0, {"id"}) == Rows{{1}, {2}, {3}});
  CHECK(read_set(*snapshot, selection, 1, {"x", "y"}) == Rows{{"B", "k"}, {"a", 1}});
}

TEST_CASE("a condition may name columns however SQL does, and nothing that isn't there") {
  const ScratchSqlite scratch(R"(
    CREATE TABLE "odd ""name" ("a b" INTEGER, "group" TEXT, [c.d]);
    INSERT INTO "odd ""name" VALUES (1, 'x', 'y'), (2, 'y', 'y'))");
  for (const char* good : {"\"a b\" = 1", "\"odd \"\"name\".\"a b\" = 1", "[group] = 'x'",
                           "`group` = 'x' AND rowid = 1", "\"group\" <> [c.d]"}) {
    INFO(good);
    const auto database = open(scratch.url());
    const auto snapshot = database->snapshot();
    const Schema schema = snapshot->schema();
    Selection selection;
    RowSet& set = selection.sets.emplace_back();
    set.table = &table_in(schema, "odd \"name");
    set.base = RowSet::Base::condition;
    set.condition = good;
    CHECK_NOTHROW(snapshot->check_condition(*set.table, good));
    CHECK(read_set(*snapshot, selection, 0, {"a b"}) == Rows{{1}});
  }
  const Error error = refusal(scratch, "odd \"name", "\"grup\" = 'x'");
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.table() == "odd \"name");
  CHECK_THAT(error.message(), contains("no such column: grup"));
  CHECK_THAT(error.hint(), contains("group"));
}

TEST_CASE("a condition has no parameters, and nothing can be hidden in it") {
  const ScratchSqlite scratch("CREATE TABLE t (a, b)");
  for (const char* bad : {"a = ?", "a = :b", "a = $b", "a = @b", "a = 1) /*", "a = 1 /*", "a = 'x",
                          "1) UNION SELECT * FROM t WHERE (1", "a = 1;", "RAISE(IGNORE)",
                          "load_extension('x') AND no_such_function(a)", "sum(a) > 1"}) {
    INFO(bad);
    CHECK(refusal(scratch, "t", bad).kind() == ErrorKind::usage);
  }
}

TEST_CASE("a schema that takes text in double quotes is read as before") {
  // SQLite took it when the schema was made; reading it for values is another matter.
  const ScratchSqlite scratch(R"(
    CREATE TABLE t (a TEXT CHECK (a <> "never"), b AS (a || "!"), c TEXT DEFAULT "none");
    CREATE INDEX expressed ON t (a || "?");
    CREATE UNIQUE INDEX partial ON t (c) WHERE c <> "none";
    CREATE VIEW v AS SELECT a FROM t WHERE a <> "x";
    INSERT INTO t (a) VALUES ('y'))");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& table = table_in(schema, "t");
  CHECK(read_all(*snapshot, table, {"a", "b", "c"}) == Rows{{"y", "y!", "none"}});
  CHECK(snapshot->integrity(schema, Depth::full).empty());
  CHECK_NOTHROW(snapshot->read_through(table, Depth::full));
}

TEST_CASE("a condition doesn't reach beyond its set") {
  // A table that has the names of what dbkeeper itself calls things in its statement.
  const ScratchSqlite scratch(R"(
    CREATE TABLE r (id INTEGER PRIMARY KEY, s INT, k1 INT, c INT, p INT REFERENCES r);
    INSERT INTO r VALUES (1, 0, 5, 1, 2), (2, 0, 6, 1, 3), (3, 0, 7, 2, NULL), (4, 0, 8, 2, 1))");
  CHECK(closure_of(scratch, "r", "s = 0 AND r.k1 = 5 AND c = 1", {"id"}) == Rows{{1}, {2}, {3}});
}

}  // namespace dbkeeper::testing
