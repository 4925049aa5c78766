// How an import compares values: as keys do, and as they are stored.
#include "engines/postgres/dialect.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::testing {
namespace {

// A type, and pairs of values: whether they are the same as stored.
struct Sameness {
  std::string type;
  std::string a, b;
  bool same;
};

Key made_up(const std::vector<std::string>& columns) {
  Key key;
  key.name = "no such index";
  for (const std::string& column : columns) key.parts.push_back({column, "", ""});
  return key;
}

}  // namespace

TEST_CASE("same as stored is neither the type's = nor its absence") {
  ScratchPostgres scratch(
      "CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TYPE pair AS (a int, b text);"
      "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN feeling AS mood; CREATE DOMAIN must "
      "AS int NOT NULL; CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', "
      "deterministic = false)");
  const std::vector<Sameness> cases = {
      {"int", "1", "1", true},
      {"numeric", "1.5", "1.50", false},
      {"numeric", "1.50", "01.50", true},
      {"numeric", "NaN", "NaN", true},
      {"float8", "0", "-0", false},
      {"float8", "0.1", "0.10", true},
      {"real", "0.1", "0.1000001", false},
      {"text", "a", "A", false},
      {"text", "", "a", false},
      {"citext", "a", "A", false},
      {"citext", "a", "a", true},
      {"text COLLATE nocase", "a", "A", false},
      {"char(3)", "a", "a  ", true},
      {"\"char\"", "a", "b", false},
      {"bytea", "\\x00", "\\x0000", false},
      {"json", "{\"a\":1}", "{\"a\": 1}", false},
      {"json", "{\"a\":1}", "{\"a\":1}", true},
      {"jsonb", "{\"a\":1}", "{\"a\": 1}", true},
      {"jsonb", "1", "1.0", false},
      {"xml", "<?xml version=\"1.0\"?><a/>", "<a/>", false},
      {"xml", "<a/>", "<a/>", true},
      {"point", "(0,0)", "(-0,0)", false},
      {"point", "(1,2)", "(1.0,2)", true},
      {"box", "((0,0),(1,1))", "((5,5),(6,6))", false},
      {"path", "[(0,0),(1,1)]", "((0,0),(1,1))", false},
      {"int[]", "{1,2}", "[0:1]={1,2}", false},
      {"int[]", "{}", "{NULL}", false},
      {"text[]", "{NULL}", "{\"NULL\"}", false},
      {"text[]", "{\"\"}", "{}", false},
      {"xml[]", "{<a/>}", "{<a/>}", true},
      {"pair", "(,)", "(,\"\")", false},
      {"pair", "(1,x)", "( 1,x)", true},
      {"mood", "sad", "glad", false},
      {"feeling", "sad", "sad", true},
      {"must", "1", "1", true},
      {"hstore", "a=>1", "a=>NULL", false},
      {"inet", "1.2.3.4", "1.2.3.4/32", true},
      {"inet", "1.2.3.4", "1.2.3.4/24", false},
      {"interval", "1 month", "30 days", false},
      {"interval", "24 hours", "1 day", false},
      {"timetz", "12:00+00", "14:00+02", false},
      {"timestamptz", "2026-01-02 12:00+00", "2026-01-02 14:00+02", true},
      {"timestamp", "infinity", "infinity", true},
      {"bit(3)", "010", "011", false},
      {"varbit", "0", "00", false},
      {"tsvector", "a b", "b a", true},
      {"money", "1.00", "1", true},
      {"int4range", "[1,3)", "[1,2]", true},
      {"numrange", "[1,3)", "[1.0,3)", false},
  };
  std::string columns = "n int";
  for (std::size_t i = 0; i < cases.size(); ++i)
    columns += ", c" + std::to_string(i) + " " + cases[i].type;
  scratch.exec("CREATE TABLE t (" + columns + ")");
  for (const bool second : {false, true}) {
    std::string values = second ? "2" : "1";
    for (const Sameness& each : cases) values += ", " + postgres::literal(second ? each.b : each.a);
    scratch.exec("INSERT INTO t VALUES (" + values + ")");
  }
  scratch.exec("ALTER DATABASE " + scratch.name() + " SET IntervalStyle = 'sql_standard'");
  DialectTrial trial(scratch);
  const Table& t = trial.table("t");
  // The file's side: the stage, which has a domain's base type where that takes no NULL.
  trial->create_stage(trial.stage("t"));
  std::string list = "n";
  for (std::size_t i = 0; i < cases.size(); ++i) list += ", c" + std::to_string(i);
  trial->run("INSERT INTO " + trial->temp("s_t") + " (x_n, x_kind, " + list + ") SELECT 1, 0, " +
             list + " FROM t WHERE n = 2");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string name = "c" + std::to_string(i);
    INFO(cases[i].type << ": " << cases[i].a << " and " << cases[i].b);
    const Column& column = *t.find_column(name);
    const std::string from =
        " FROM t AS a, " + trial->temp("s_t") + " AS b WHERE a.n = 1 AND b.x_n = 1";
    const std::string yes = cases[i].same ? "t" : "f", no = cases[i].same ? "f" : "t";
    CHECK(trial.row("SELECT " + trial->same(column, "a." + name, "b." + name) + from) == yes);
    const std::string null = "CASE WHEN false THEN a." + name + " END";
    CHECK(trial.row("SELECT " + trial->same(column, "a." + name, null) + ", " +
                    trial->same(column, null, null) + from) == "f|t");
    CHECK(trial.row("SELECT " + trial->differ(t, {name}, "a", "b") + from) == no);
    CHECK(trial.row("SELECT " + trial->image(t, {name}, "a") + " = " +
                    trial->image(t, {name}, "b") + from) == yes);
    CHECK(trial.row("SELECT count(*) FROM (SELECT row_number() OVER (PARTITION BY " +
                    trial->image(t, {"n", name}, "a") + ") AS k FROM t AS a) AS x WHERE k = 1") ==
          "2");
  }
  CHECK(trial->differ(t, {}, "a", "b") == "false");
  CHECK(trial.row("SELECT " + trial->image(t, {}, "a") + " IS NOT NULL FROM t AS a") == "t");
}

TEST_CASE("a NULL and what looks like one have different images") {
  ScratchPostgres scratch(
      "CREATE TYPE pair AS (a int, b text);"
      "CREATE TABLE t (n int, v text, p pair); INSERT INTO t VALUES (1, NULL, NULL), (2, '', "
      "'(,)'), (3, 'NULL', '(,\"\")'), (4, NULL, NULL)");
  DialectTrial trial(scratch);
  const Table& t = trial.table("t");
  for (const char* column : {"v", "p"})
    CHECK(trial.row("SELECT count(DISTINCT " + trial->image(t, {column}, "a") + "), count(" +
                    trial->image(t, {column}, "a") + ") FROM t AS a") == "3|4");
}

TEST_CASE("a key compares by its index: operator class, collation, NULLs") {
  ScratchPostgres scratch(
      "CREATE SCHEMA elsewhere; CREATE EXTENSION citext SCHEMA elsewhere; CREATE TYPE mood AS ENUM "
      "('sad'); CREATE DOMAIN feeling AS mood; CREATE COLLATION nocase (provider = icu, locale = "
      "'und-u-ks-level2', deterministic = false);"
      "CREATE TABLE t (id int PRIMARY KEY, ci elsewhere.citext, tx text, vc varchar(9), nc text, "
      "fe "
      "feeling, nn text, ar int[], dt date);"
      "CREATE UNIQUE INDEX by_ci ON t (ci); CREATE UNIQUE INDEX by_pattern ON t (tx "
      "text_pattern_ops);"
      "CREATE UNIQUE INDEX by_vc ON t (vc); CREATE UNIQUE INDEX by_nc ON t (nc COLLATE nocase);"
      "CREATE UNIQUE INDEX by_c ON t (tx COLLATE \"C\", dt); CREATE UNIQUE INDEX by_fe ON t (fe);"
      "CREATE UNIQUE INDEX by_lower ON t (lower(tx)); CREATE UNIQUE INDEX by_ar ON t (ar);"
      "CREATE UNIQUE INDEX by_nn ON t (nn) NULLS NOT DISTINCT");
  DialectTrial trial(scratch);
  const Table& t = trial.table("t");
  const auto equal = [&](const std::string& name, const std::string& a, const std::string& b,
                         std::size_t part = 0) {
    for (const Key& key : t.unique)
      if (key.name == name) return trial.row("SELECT " + trial->key_equal(t, key, part, a, b));
    FAIL("no key " << name);
    return std::string();
  };
  CHECK(equal("by_ci", "'Ann'::elsewhere.citext", "'ann'::elsewhere.citext") == "t");
  CHECK(equal("by_pattern", "'Ann'::text", "'ann'::text") == "f");
  CHECK(equal("by_pattern", "'Ann'::text", "'Ann'::text") == "t");
  CHECK(equal("by_vc", "'a'::varchar(9)", "'a'::varchar(9)") == "t");
  CHECK(equal("by_nc", "'Ann'::text", "'ann'::text") == "t");
  CHECK(equal("by_c", "'Ann'::text COLLATE nocase", "'ann'::text") == "f");
  CHECK(equal("by_c", "'2026-01-02'::date", "'2026-01-02'::date", 1) == "t");
  CHECK(equal("by_fe", "'sad'::feeling", "'sad'::feeling") == "t");
  CHECK(equal("by_lower", "lower('Ann')", "lower('ANN')") == "t");
  CHECK(equal("by_ar", "'{1,NULL}'::int[]", "'{1,NULL}'::int[]") == "t");
  CHECK(equal("by_vc", "NULL::varchar(9)", "NULL::varchar(9)") == "<>");
  CHECK(equal("by_nn", "NULL::text", "NULL::text") == "t");
  CHECK(equal("by_nn", "NULL::text", "'a'::text") != "t");
  CHECK(equal("by_nn", "'a'::text", "'a'::text") == "t");
  CHECK(trial.row("SELECT " + trial->key_equal(t, *t.primary_key, 0, "1", "1")) == "t");

  CHECK(trial.row("SELECT " + trial->key_equal(t, made_up({"ci"}), 0, "'Ann'::elsewhere.citext",
                                               "'ann'::elsewhere.citext")) == "t");
  CHECK(trial.row("SELECT " + trial->key_equal(t, made_up({"tx", "fe"}), 1, "'sad'::feeling",
                                               "'sad'::feeling")) == "t");
  CHECK(trial.row("SELECT " +
                  trial->key_equal(t, made_up({"vc"}), 0, "'a'::varchar", "'A'::varchar")) == "f");
}

TEST_CASE("values from two collations can be a key's, and joins on it can hash or merge") {
  ScratchPostgres scratch(
      "CREATE TABLE t (id int PRIMARY KEY, name text COLLATE \"C\" UNIQUE, other text COLLATE "
      "\"POSIX\"); INSERT INTO t SELECT g, g, g FROM generate_series(1, 2000) g; ANALYZE t");
  DialectTrial trial(scratch);
  const Table& t = trial.table("t");
  const std::string mixed = "CASE WHEN a.id > 5 THEN a.name ELSE a.other END";
  const std::string equal = trial->key_equal(t, t.unique.front(), 0, mixed, "b.name");
  CHECK(trial.row("SELECT count(*) FROM t AS a JOIN t AS b ON " + equal) == "2000");
  const std::string plan =
      trial.rows("EXPLAIN (COSTS off) SELECT count(*) FROM t AS a JOIN t AS b ON " + equal);
  CHECK((plan.find("Hash Join") != std::string::npos ||
         plan.find("Merge Join") != std::string::npos));
}

TEST_CASE("what can't be compared is no key") {
  ScratchPostgres scratch("CREATE TABLE t (j json)");
  DialectTrial trial(scratch);
  const Error error =
      error_of([&] { trial->key_equal(trial.table("t"), made_up({"j"}), 0, "a", "b"); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.column() == "j");
}

TEST_CASE("a link compares as its foreign key does, one of the file's own by default or by text") {
  ScratchPostgres scratch(
      "CREATE DOMAIN code AS varchar(9);"
      "CREATE TABLE p (a numeric, b text COLLATE \"C\", f code UNIQUE, u uuid, UNIQUE (b, a));"
      "CREATE TABLE c (x int, y text COLLATE \"POSIX\", f code REFERENCES p (f), t text,"
      " FOREIGN KEY (x, y) REFERENCES p (a, b))");
  DialectTrial trial(scratch);
  const ImportPlan plan = trial.plan({"p", "c"});
  trial->lock(plan);
  const Table& c = trial.table("c");
  const auto equal = [&](const ImportLink& link, std::size_t i, const std::string& parent,
                         const std::string& child) {
    return trial.row("SELECT " + trial->link_equal(c, trial.table("p"), link, i, parent, child));
  };
  const ImportLink composite{{"y", "x"}, 0, {"b", "a"}, &key_of(c, "x")};
  CHECK(equal(composite, 1, "1.0::numeric", "1::int") == "t");
  CHECK(equal(composite, 0, "'a'::text COLLATE \"C\"", "'a'::text") == "t");
  CHECK(equal(composite, 0, "'a'::text", "'A'::text") == "f");
  const ImportLink domain{{"f"}, 0, {"f"}, &key_of(c, "f")};
  CHECK(equal(domain, 0, "'sad'::code", "'sad'::code") == "t");
  CHECK(equal(ImportLink{{"y"}, 0, {"b"}, nullptr}, 0, "'a'::text", "'a'::text") == "t");
  CHECK(equal(ImportLink{{"x"}, 0, {"a"}, nullptr}, 0, "5::numeric", "5::int") == "t");
  CHECK(equal(ImportLink{{"t"}, 0, {"u"}, nullptr}, 0,
              "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
              "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::text") == "t");
  CHECK(equal(composite, 1, "1.0::numeric", "NULL::int") == "<>");
}

TEST_CASE("a value becomes the child's type, cut nowhere") {
  ScratchPostgres scratch(
      "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad'); CREATE DOMAIN short AS char(9);"
      "CREATE TABLE t (i int, v varchar(2), c char(2), s short, m app.mood, a int[])");
  DialectTrial trial(scratch);
  const auto converted = [&](const std::string& column, const std::string& value) {
    const std::string sql = trial->converted(*trial.table("t").find_column(column), value);
    return trial.row("SELECT " + sql + ", pg_typeof(" + sql + ")");
  };
  CHECK(converted("i", "7::bigint") == "7|integer");
  CHECK(converted("v", "'long'::text") == "long|character varying");
  CHECK(converted("c", "'long'::text") == "long|character");
  CHECK(converted("s", "'long'::short") == "long     |character");
  CHECK(converted("m", "'sad'") == "sad|app.mood");
  CHECK(converted("a", "'{1}'::bigint[]") == "{1}|integer[]");
}

TEST_CASE("keys as JSON, addresses as literals and values for messages") {
  ScratchPostgres scratch(
      "CREATE TABLE p (id int, v text) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR "
      "VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (1, "
      "'one'), (2, 'two'); CREATE TABLE h (id int); CREATE TABLE heir () INHERITS (h);"
      "INSERT INTO h VALUES (1); INSERT INTO heir VALUES (2)");
  DialectTrial trial(scratch);
  CHECK(trial.row("SELECT " + trial->json_array({"1::bigint", "'a\"b'::text", "NULL::int",
                                                 "1.50::numeric", "'\\x00ff'::bytea", "true",
                                                 "'2026-01-02 03:04+02'::timestamptz"})) ==
        "[1,\"a\\\"b\",null,1.50,\"\\\\x00ff\",true,\"2026-01-02T01:04:00+00:00\"]");
  CHECK(trial.row("SELECT " + trial->json_array({})) == "[]");
  CHECK(trial.row("SELECT " + trial->shown("NULL::int") + ", " + trial->shown("'{1}'::int[]") +
                  ", " + trial->shown("''::text")) == "NULL|{1}|");
  CHECK(trial.row("SELECT length(" + trial->shown("repeat('ä', 200)") + ")") == "83");

  const Table& p = trial.table("p");
  const auto parts = trial->address(p, "x");
  REQUIRE(parts.size() == 2);
  CHECK(trial.row("SELECT count(DISTINCT (" + parts[0] + ", " + parts[1] + ")) FROM " +
                  trial->rows_of(p) + " AS x") == "2");
  const std::string where =
      trial.row("SELECT '" + parts[0] + " = ' || " + trial->sql_literal(parts[0]) + " || ' AND " +
                parts[1] + " = ' || " + trial->sql_literal(parts[1]) + " FROM " +
                trial->rows_of(p) + " AS x WHERE id = 2");
  CHECK(trial.row("SELECT v FROM " + trial->rows_of(p) + " AS x WHERE " + where) == "two");
  const Table& h = trial.table("h");
  CHECK(trial->address(h, "x").size() == 1);
  CHECK(trial.row("SELECT count(*) FROM " + trial->rows_of(h) + " AS x") == "1");
  CHECK(trial->run("UPDATE " + trial->rows_of(h) + " AS x SET id = id") == 1);
  CHECK(trial->run("DELETE FROM " + trial->rows_of(p)) == 2);
}

}  // namespace dbkeeper::testing
