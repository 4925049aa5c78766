// What the engine understands of a schema, beyond what all engines promise.
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using Names = std::vector<std::string>;

Schema schema_of(std::string_view sql) {
  const ScratchSqlite scratch(sql);
  return open(scratch.url())->snapshot()->schema();
}

const Table& table(const Schema& schema, const std::string& name) {
  const Table* found = schema.find({"main", name});
  if (!found) throw std::logic_error("no table " + name);
  return *found;
}

const Column& column(const Table& from, const std::string& name) {
  const Column* found = from.find_column(name);
  if (!found) throw std::logic_error("no column " + name);
  return *found;
}

Names names_of(const Schema& schema) {
  Names names;
  for (const Table& one : schema.tables) names.push_back(one.name.name);
  return names;
}

}  // namespace

TEST_CASE("the rowid's other name is found by SQLite's own rule") {
  const Schema schema = schema_of(R"(
    CREATE TABLE a (id INTEGER PRIMARY KEY, n);
    CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, n);
    CREATE TABLE c (id INT PRIMARY KEY, n);
    CREATE TABLE d (id INTEGER PRIMARY KEY DESC, n);
    CREATE TABLE e (id "integer", n, PRIMARY KEY (id DESC));
    CREATE TABLE f (id INTEGER, n, PRIMARY KEY (id, n));
    CREATE TABLE g (id INTEGER PRIMARY KEY, "AUTOINCREMENT" TEXT DEFAULT 'AUTOINCREMENT');
    CREATE TABLE h (id INTEGER PRIMARY KEY) WITHOUT ROWID)");
  CHECK(column(table(schema, "a"), "id").origin == Origin::rowid);
  CHECK_FALSE(column(table(schema, "a"), "id").nullable);
  CHECK(column(table(schema, "b"), "id").origin == Origin::autoincrement);
  for (const char* plain : {"c", "d", "f", "h"}) {
    INFO(plain);
    CHECK(column(table(schema, plain), "id").origin == Origin::given);
    CHECK(table(schema, plain).primary_key);
  }
  CHECK(column(table(schema, "c"), "id").nullable);  // as SQLite has it
  CHECK(column(table(schema, "e"), "id").origin == Origin::rowid);
  CHECK(column(table(schema, "g"), "id").origin == Origin::rowid);
  CHECK_FALSE(column(table(schema, "h"), "id").nullable);
  CHECK(table(schema, "h").without_rowid);
  CHECK(table(schema, "f").primary_key->columns() == Names{"id", "n"});
}

TEST_CASE("a primary key keeps its own order of columns") {
  const Schema schema =
      schema_of("CREATE TABLE t (a, b, c, CONSTRAINT k PRIMARY KEY (c, a)) WITHOUT ROWID");
  CHECK(table(schema, "t").primary_key->columns() == Names{"c", "a"});
  CHECK(table(schema, "t").primary_key->name == "k");
  CHECK(table(schema, "t").unique.empty());
  CHECK_FALSE(column(table(schema, "t"), "c").nullable);
  CHECK(column(table(schema, "t"), "b").nullable);
}

TEST_CASE("columns have their types, defaults, collations and expressions") {
  const Schema schema = schema_of(R"(
    CREATE TABLE t (
      a VARCHAR(80) NOT NULL DEFAULT 'x''y' COLLATE nocase, b DATETIME DEFAULT CURRENT_TIMESTAMP,
      c, d TEXT AS (a || '-' || b) STORED, e INT GENERATED ALWAYS AS (length(a)) VIRTUAL);
    CREATE TABLE s (a INT, b ANY) STRICT)");
  const Table& t = table(schema, "t");
  REQUIRE(t.columns.size() == 5);
  CHECK(column(t, "a").type.name == "VARCHAR(80)");
  CHECK(column(t, "a").default_expression == "'x''y'");
  CHECK(column(t, "a").collation == "nocase");
  CHECK_FALSE(column(t, "a").nullable);
  CHECK(column(t, "b").default_expression == "CURRENT_TIMESTAMP");
  CHECK(column(t, "b").collation.empty());
  CHECK(column(t, "c").type.name.empty());
  CHECK(column(t, "c").type.family == Family::any);
  CHECK(column(t, "d").origin == Origin::stored);
  CHECK(column(t, "d").default_expression == "a || '-' || b");
  CHECK(column(t, "e").origin == Origin::computed);
  CHECK(column(t, "e").default_expression == "length(a)");
  CHECK(table(schema, "s").strict);
  CHECK_FALSE(t.strict);
}

TEST_CASE("unique constraints and unique indexes are told apart, plain indexes left out") {
  const Schema schema = schema_of(R"(
    CREATE TABLE t (a TEXT COLLATE nocase, b, c, d, CONSTRAINT pair UNIQUE (b, c), UNIQUE (a));
    CREATE UNIQUE INDEX by_lower ON t (lower(a), d COLLATE rtrim DESC) WHERE b IS NULL AND c > 0;
    CREATE UNIQUE INDEX by_a ON t (a COLLATE binary);
    CREATE INDEX plain ON t (d))");
  const std::vector<Key>& keys = table(schema, "t").unique;
  REQUIRE(keys.size() == 4);
  CHECK(keys[0].kind == Key::Kind::constraint);
  CHECK(keys[0].name == "pair");
  CHECK(keys[0].columns() == Names{"b", "c"});
  CHECK(keys[1].columns() == Names{"a"});
  CHECK(keys[1].parts[0].collation.empty());
  CHECK(keys[2].kind == Key::Kind::index);
  CHECK(keys[2].name == "by_lower");
  CHECK(keys[2].has_expression());
  CHECK(keys[2].parts[0].expression == "lower(a)");
  CHECK(keys[2].parts[1].column == "d");
  CHECK(keys[2].parts[1].collation == "rtrim");
  CHECK(keys[2].predicate == "b IS NULL AND c > 0");
  CHECK(keys[3].parts[0].collation == "binary");
  CHECK(keys[3].predicate.empty());
}

TEST_CASE("foreign keys are resolved to the parent's names as declared") {
  const Schema schema = schema_of(R"(
    CREATE TABLE Users (Id INTEGER PRIMARY KEY, Email TEXT UNIQUE);
    CREATE TABLE pairs (m, n, PRIMARY KEY (m, n));
    CREATE TABLE t (
      a CONSTRAINT to_user REFERENCES USERS ON UPDATE CASCADE ON DELETE SET NULL,
      b REFERENCES users (EMAIL) DEFERRABLE INITIALLY DEFERRED,
      parent REFERENCES t, FOREIGN KEY (b, A) REFERENCES pairs))");
  const std::vector<ForeignKey>& keys = table(schema, "t").foreign_keys;
  REQUIRE(keys.size() == 4);
  CHECK(keys[0].name == "to_user");
  CHECK(keys[0].references.name == "Users");
  CHECK(keys[0].to == Names{"Id"});
  CHECK(keys[0].on_update == ForeignKey::Action::cascade);
  CHECK(keys[0].on_delete == ForeignKey::Action::set_null);
  CHECK(keys[1].to == Names{"Email"});
  CHECK(keys[1].initially_deferred);
  CHECK(keys[3].columns == Names{"b", "a"});
  CHECK(keys[3].to == Names{"m", "n"});
  for (const ForeignKey& key : keys) {
    INFO(key.broken);
    if (key.references.name != "t") CHECK(key.broken.empty());
  }
  CHECK(keys[2].broken == "t has no primary key");
}

TEST_CASE("a foreign key that SQLite can't enforce says why") {
  const Schema schema = schema_of(R"(
    CREATE TABLE p (a, b UNIQUE COLLATE nocase, c TEXT COLLATE nocase, d, PRIMARY KEY (a, d));
    CREATE UNIQUE INDEX c_as_bytes ON p (c COLLATE binary);
    CREATE UNIQUE INDEX partly ON p (d) WHERE d > 0;
    CREATE VIEW v AS SELECT 1 AS x;
    CREATE TABLE t (
      a REFERENCES nowhere, b REFERENCES p (absent), c REFERENCES p (c), d REFERENCES p (d),
      e REFERENCES v (x), f REFERENCES p, g REFERENCES p (b), h,
      FOREIGN KEY (g, h) REFERENCES p (d, a)))");
  const std::vector<ForeignKey>& keys = table(schema, "t").foreign_keys;
  REQUIRE(keys.size() == 8);
  CHECK(keys[0].broken == "nowhere does not exist");
  CHECK(keys[1].broken == "p has no column 'absent'");
  CHECK(keys[2].broken == "p(c) has no unique key");
  CHECK(keys[3].broken == "p(d) has no unique key");
  CHECK(keys[4].broken == "v is a view");
  CHECK(keys[5].broken == "the primary key of p has 2 columns");
  CHECK(keys[6].broken.empty());
  CHECK(keys[7].broken.empty());  // in any order of the columns
  for (const ForeignKey& key : keys) CHECK(key.to.size() == key.columns.size());
}

TEST_CASE("names come out as declared, whatever is in them") {
  const Schema schema = schema_of(R"sql(
    CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, "a ""b"" (,)" TEXT UNIQUE);
    CREATE TABLE "odd.name" ("x" REFERENCES "select" ("a ""b"" (,)"));
    CREATE TABLE Größe (länge, [sp ace], `tick``s`);
    INSERT INTO "odd.name" VALUES (NULL);
    CREATE TABLE "percent%s" (a))sql");
  CHECK(names_of(schema) == Names{"Größe", "odd.name", "percent%s", "select"});
  CHECK(table(schema, "select").unique[0].columns() == Names{"a \"b\" (,)"});
  CHECK(table(schema, "odd.name").foreign_keys[0].to == Names{"a \"b\" (,)"});
  CHECK(table(schema, "odd.name").foreign_keys[0].broken.empty());
  CHECK(table(schema, "odd.name").estimated_rows == 1);
  CHECK(table(schema, "Größe").columns[2].name == "tick`s");
}

TEST_CASE("SQLite's own and dbkeeper's own tables are left out, views are others") {
  const Schema schema = schema_of(R"(
    CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE TABLE dbkeeper_id_map (source);
    CREATE TABLE dbkeepers (a);
    CREATE VIEW v AS SELECT * FROM a;
    ANALYZE)");
  CHECK(names_of(schema) == Names{"a", "dbkeepers"});
  REQUIRE(schema.others.size() == 1);
  CHECK(schema.others[0].name.name == "v");
  CHECK(schema.others[0].kind == "view");
}

TEST_CASE("virtual tables and their shadows say why they aren't exported") {
  const Schema schema = schema_of(R"(
    CREATE TABLE articles (id INTEGER PRIMARY KEY, body TEXT);
    CREATE VIRTUAL TABLE docs USING fts5 (body, content=articles, content_rowid=id);
    CREATE TABLE docs_notes (a);
    CREATE TRIGGER keep AFTER INSERT ON articles BEGIN
      INSERT INTO docs (rowid, body) VALUES (new.id, new.body); END;
    CREATE TRIGGER other AFTER DELETE ON articles BEGIN DELETE FROM docs_notes; END)");
  CHECK(table(schema, "docs").kind == TableKind::virtual_table);
  CHECK(table(schema, "docs").not_exportable == "a virtual table (fts5): rebuilt from 'articles'");
  CHECK(table(schema, "docs").columns[0].name == "body");
  CHECK(table(schema, "docs_data").kind == TableKind::shadow);
  CHECK(table(schema, "docs_data").not_exportable == "belongs to the virtual table 'docs'");
  CHECK(table(schema, "docs_notes").kind == TableKind::plain);
  CHECK(table(schema, "docs_notes").not_exportable.empty());
  REQUIRE(table(schema, "articles").triggers.size() == 2);
  CHECK(table(schema, "articles").triggers[0].name == "keep");
  CHECK(table(schema, "articles").triggers[0].feeds_virtual_table);
  CHECK_FALSE(table(schema, "articles").triggers[1].feeds_virtual_table);
}

TEST_CASE("a virtual table whose module is missing doesn't hide the other tables") {
  const Schema schema = schema_of(R"(
    CREATE TABLE a (x UNIQUE);
    INSERT INTO a VALUES (1);
    PRAGMA writable_schema = ON;
    INSERT INTO sqlite_master VALUES
      ('table', 'places', 'places', 0, 'CREATE VIRTUAL TABLE places USING no_such_module(x)');
    PRAGMA writable_schema = OFF)");
  CHECK(names_of(schema) == Names{"a", "places"});
  CHECK(table(schema, "places").not_exportable == "a virtual table (no_such_module)");
  CHECK(table(schema, "places").columns.empty());
  CHECK(table(schema, "a").estimated_rows == 1);
  CHECK(table(schema, "a").unique.size() == 1);
}

TEST_CASE("rows are counted and bytes measured in a small file") {
  const Schema schema = schema_of(R"(
    CREATE TABLE t (a UNIQUE);
    CREATE INDEX i ON t (a);
    CREATE TABLE none (a);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000)
    INSERT INTO t SELECT i FROM n)");
  CHECK(table(schema, "t").estimated_rows == 1000);
  CHECK(table(schema, "t").rows_exact);
  CHECK(table(schema, "none").estimated_rows == 0);
  CHECK(table(schema, "none").bytes == 4096);
  CHECK(table(schema, "t").bytes > 3 * 4096);  // table, constraint and index
}

TEST_CASE("a name in single quotes or of another case is the same table to SQLite") {
  const Schema schema = schema_of(R"(
    CREATE TABLE 'a b' (id INTEGER PRIMARY KEY);
    CREATE TABLE t (x REFERENCES "A B");
    INSERT INTO t VALUES (1))");
  CHECK(table(schema, "t").foreign_keys[0].references.name == "a b");
  CHECK(table(schema, "t").foreign_keys[0].broken.empty());
}

}  // namespace dbkeeper::testing
