// The texts of CREATE statements, as SQLite accepts them.
#include "engines/sqlite/index_definition.h"
#include "engines/sqlite/table_definition.h"
#include "engines/sqlite/virtual_table.h"
#include "support/catch.h"

namespace dbkeeper::sqlite {
namespace {

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a definition may end anywhere") {
  const std::string table =
      "CREATE TABLE t(a INT CONSTRAINT c REFERENCES p(x) DEFERRABLE INITIALLY DEFERRED, "
      "b AS (a + 1), PRIMARY KEY (a, \"b\") ON CONFLICT IGNORE, FOREIGN KEY (b) REFERENCES q)";
  const std::string index = "CREATE INDEX i ON t(lower(a) COLLATE c DESC, b) WHERE a > 1";
  const std::string trigger =
      "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO x VALUES (1); UPDATE OR FAIL y SET a = "
      "1; DELETE FROM z; END";
  const std::string virtual_table = "CREATE VIRTUAL TABLE v USING fts5(a, content=t)";
  const auto cuts = [](const std::string& text, const auto& parse) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
      parse(std::string_view(cut.data(), cut.size()));
    }
  };
  cuts(table, [](std::string_view sql) { parse_table(sql); });
  cuts(index, [](std::string_view sql) { parse_index(sql); });
  cuts(trigger, [](std::string_view sql) { tables_written_by(sql); });
  cuts(virtual_table, [](std::string_view sql) { parse_virtual_table(sql); });
  const TableDefinition ends = parse_table("CREATE TABLE t(a REFERENCES");
  REQUIRE(ends.references.size() == 1);
  CHECK(ends.references[0].columns == Names{"a"});
}

TEST_CASE("tables in which common modules keep their data are known without the module") {
  CHECK(keeps_data_in("vec0", "vector_chunks00"));
  CHECK(keeps_data_in("VEC0", "rowids"));
  CHECK(keeps_data_in("spellfix1", "vocab"));
  CHECK_FALSE(keeps_data_in("vec0", "notes"));
  CHECK_FALSE(keeps_data_in("own", "data"));
}

TEST_CASE("foreign keys are found in columns and in the table, in order") {
  const TableDefinition table = parse_table(R"(
    CREATE TABLE "odd (name" (
      a INTEGER CONSTRAINT to_p REFERENCES p(x) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
      "b, (c" TEXT DEFAULT 'REFERENCES q' REFERENCES [references],
      d CHECK (d IN ('a', 'b')) REFERENCES p DEFERRABLE, -- REFERENCES z
      e REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED,
      CONSTRAINT pair FOREIGN KEY (a, "b, (c") REFERENCES q (m, n) DEFERRABLE INITIALLY IMMEDIATE
      FOREIGN KEY (d) REFERENCES r
    ))");
  REQUIRE(table.references.size() == 6);
  CHECK(table.references[0].name == "to_p");
  CHECK(table.references[0].columns == Names{"a"});
  CHECK(table.references[0].deferrable);
  CHECK(table.references[0].initially_deferred);
  CHECK(table.references[1].columns == Names{"b, (c"});
  CHECK(table.references[1].name.empty());
  CHECK_FALSE(table.references[1].deferrable);
  CHECK(table.references[2].deferrable);
  CHECK_FALSE(table.references[2].initially_deferred);
  CHECK_FALSE(table.references[3].deferrable);
  CHECK_FALSE(table.references[3].initially_deferred);
  CHECK(table.references[4].name == "pair");
  CHECK(table.references[4].columns == Names{"a", "b, (c"});
  CHECK(table.references[4].deferrable);
  CHECK_FALSE(table.references[4].initially_deferred);
  CHECK(table.references[5].columns == Names{"d"});
}

TEST_CASE("keys have the names of their constraints") {
  const TableDefinition table = parse_table(
      "CREATE TABLE t (a CONSTRAINT one UNIQUE, b UNIQUE, c CONSTRAINT no_null NOT NULL, "
      "CONSTRAINT k PRIMARY KEY (a COLLATE nocase DESC, b), CONSTRAINT ch CHECK (a > 0), "
      "UNIQUE (c) ON CONFLICT REPLACE)");
  REQUIRE(table.keys.size() == 4);
  CHECK(table.keys[0].name == "one");
  CHECK(table.keys[0].columns == Names{"a"});
  CHECK(table.keys[1].name.empty());
  CHECK(table.keys[2].name == "k");
  CHECK(table.keys[2].columns == Names{"a", "b"});
  CHECK(table.keys[3].name.empty());
  CHECK(table.keys[3].columns == Names{"c"});
  CHECK(table.settles_conflicts);
}

TEST_CASE("a foreign key's ON DELETE is no conflict clause") {
  CHECK_FALSE(parse_table("CREATE TABLE t (a REFERENCES p ON DELETE CASCADE, conflict TEXT)")
                  .settles_conflicts);
}

TEST_CASE("generated columns have their expressions") {
  const TableDefinition table = parse_table(
      "CREATE TABLE t (a, b GENERATED ALWAYS AS (a * (2 + 1)) STORED, c AS (cast(a AS TEXT)))");
  CHECK(table.generated.at("b") == "a * (2 + 1)");
  CHECK(table.generated.at("c") == "cast(a AS TEXT)");
  CHECK(table.generated.size() == 2);
}

TEST_CASE("a text cut off is read as far as it goes") {
  for (const char* sql : {"", "CREATE", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t (a",
                          "CREATE TABLE t (a UNIQUE (", "CREATE TABLE t (a REFERENCES",
                          "CREATE TABLE t (FOREIGN KEY (", "CREATE TABLE t (a CONSTRAINT",
                          "CREATE TABLE t (a DEFERRABLE INITIALLY"}) {
    INFO(sql);
    CHECK(parse_table(sql).references.size() <= 1);
    CHECK(parse_index(sql).predicate.empty());
    CHECK(parse_virtual_table(sql).module.empty());
    CHECK(tables_written_by(sql).empty());
  }
}

TEST_CASE("an index has columns, expressions and a predicate") {
  const IndexDefinition index = parse_index(
      "CREATE UNIQUE INDEX \"on (\" ON t (a, lower(b) DESC, substr(c, 1, 2) COLLATE nocase ASC, "
      "/* d, */ \"desc\") WHERE deleted_at IS NULL AND b <> ')'");
  CHECK(index.parts == Names{"a", "lower(b)", "substr(c, 1, 2)", "\"desc\""});
  CHECK(index.predicate == "deleted_at IS NULL AND b <> ')'");
  CHECK(parse_index("create index i on t(a)").predicate.empty());
}

TEST_CASE("a virtual table has a module, and maybe a table that it indexes") {
  const VirtualTable docs = parse_virtual_table(
      "CREATE VIRTUAL TABLE docs USING fts5(title, body, content='articles', content_rowid=id)");
  CHECK(docs.module == "fts5");
  CHECK(docs.content == "articles");
  CHECK(reason_not_to_export(docs) == "a virtual table (fts5): rebuilt from 'articles'");
  const VirtualTable boxes = parse_virtual_table("CREATE VIRTUAL TABLE b USING rtree(id, x0, x1)");
  CHECK(boxes.content.empty());
  CHECK(reason_not_to_export(boxes) == "a virtual table (rtree)");
  CHECK(parse_virtual_table("CREATE VIRTUAL TABLE c USING csv").module == "csv");
}

TEST_CASE("the tables that a trigger writes into are found") {
  CHECK(tables_written_by("CREATE TRIGGER t AFTER UPDATE OF a ON x WHEN new.a BEGIN "
                          "INSERT INTO docs(docs, rowid) VALUES ('delete', old.id); "
                          "UPDATE OR IGNORE counts SET n = n + 1; UPDATE plain SET n = 1; "
                          "DELETE FROM \"old one\" WHERE id IN (SELECT id FROM other); END") ==
        Names{"docs", "counts", "plain", "old one"});
}

}  // namespace dbkeeper::sqlite
