// Rows that go straight into tables that hold none, or are emptied: it comes to the same as if they
// had been staged.
#include <algorithm>

#include "dbkeeper/model/array.h"
#include "engines/import_trial.h"
#include "support/open.h"

namespace dbkeeper::testing {
namespace {

constexpr auto kOther = Identity::other_source;
constexpr auto kClean = ImportMode::clean;

ImportChoice quickly(ImportChoice choice) {
  choice.quickly = true;
  return choice;
}

ImportChoice straight(ImportMode mode = ImportMode::skip) { return quickly(with(kOther, mode)); }

// Whether any table would take its rows straight.
bool goes_straight(ImportTarget& target, const ImportChoice& choice) {
  const ImportPlan plan = plan_for(target.schema(), choice);
  return target.database().begin_import()->may_take_straight(plan);
}

// An import that has to go straight, and well.
ImportOutcome gone_straight(ImportTarget& target, const ImportFile& file,
                            const ImportChoice& choice) {
  CHECK(goes_straight(target, choice));
  ImportOutcome out = imported(target, file, choice);
  CHECK(target.kept().empty());
  for (const auto& [table, remapped] : out.remapped) CHECK(remapped.empty());
  return out;
}

// The same refusal, straight and staged.
std::string same_conflict(ImportTarget& target, const ImportFile& file, const ImportChoice& choice,
                          const std::string& table) {
  CHECK(goes_straight(target, quickly(choice)));
  const std::string message = conflict_of(target, file, quickly(choice), table);
  CHECK(message == conflict_of(target, file, choice, table));
  return message;
}

Schema cards() {
  return schema_of(
      {TableSketch("lists").number("id").text("name").unique({"name"}),
       TableSketch("cards")
           .number("id")
           .text("title")
           .integer("list_id")
           .or_null()
           .unique({"title"})
           .refers({"list_id"}, "lists"),
       TableSketch("marks").number("id").text("mark").integer("card_id").unique({"mark"}).refers(
           {"card_id"}, "cards"),
       TableSketch("words").text("word").primary({"word"})});
}

const RowsByTable kCards = {
    {"lists", {{1, "todo"}, {4, "done"}}},
    {"cards", {{1, "pay", 4}, {2, "eat", nullptr}, {3, "run", 1}}},
    {"marks", {{1, "!", 3}}},
    {"words", {{"a"}, {"b"}}},
};

const RowsByTable kOthers = {
    {"lists", {{1, "old"}, {2, "done"}}},
    {"cards", {{9, "pay", 2}}},
    {"marks", {{2, "?", 9}}},
    {"words", {{"c"}}},
};

std::string counted(const ImportOutcome& out, const char* table) {
  return said(out.counts.at(table));
}

std::string array_of(const CellView& element) {
  ArrayBuilder builder;
  builder.begin({{.lower = 1, .length = 1}});
  builder.add(element);
  return std::string(builder.bytes());
}

MemoryCell array() { return {array_of({CellKind::integer, 1, 0, {}}), CellKind::array}; }

}  // namespace

TEMPLATE_TEST_CASE("rows go straight into empty tables, children before parents", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), {});
  const auto out = gone_straight(target, file_of(kCards), straight());
  CHECK(target.rows() == kCards);
  CHECK(counted(out, "lists") == "2: 2 inserted");
  CHECK(counted(out, "cards") == "3: 3 inserted");
  CHECK(counted(out, "marks") == "1: 1 inserted");
  import_again(target, file_of(kCards), straight());
  import_again(target, file_of(kCards), quickly(with(kOther, ImportMode::merge)));
}

TEMPLATE_TEST_CASE("rows go straight into tables that are emptied, and what was there is counted",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), kOthers);
  const auto out = gone_straight(target, file_of(kCards), straight(kClean));
  CHECK(target.rows() == kCards);
  CHECK(counted(out, "lists") == "2: 2 inserted, 2 removed");
  CHECK(counted(out, "cards") == "3: 3 inserted, 1 removed");
  CHECK(counted(out, "words") == "2: 2 inserted, 1 removed");
}

TEMPLATE_TEST_CASE("a table without rows in the file is emptied too", "[import]", SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(cards(), kOthers);
  ImportFile file = file_of({{"lists", {{1, "todo"}}}});
  const auto out = gone_straight(target, file, straight(kClean));
  CHECK(target.rows() ==
        RowsByTable{{"cards", {}}, {"lists", {{1, "todo"}}}, {"marks", {}}, {"words", {}}});
  CHECK(counted(out, "marks") == "0: 1 removed");
}

TEMPLATE_TEST_CASE("what refers to tables in use is staged beside tables that are filled straight",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), {{"lists", {{7, "done"}}}});
  ImportFile file = file_of(kCards);
  CHECK(goes_straight(target, straight()));
  const auto out = imported(target, file, straight());
  CHECK(counted(out, "lists") == "2: 1 inserted, 1 skipped, 1 remapped");
  CHECK(counted(out, "cards") == "3: 3 inserted");
  CHECK(counted(out, "words") == "2: 2 inserted");
  CHECK(target.rows().at("cards") == Cells{{1, "pay", 7}, {2, "eat", nullptr}, {3, "run", 1}});
  CHECK(target.rows().at("words") == kCards.at("words"));
  import_again(target, file, straight());
}

TEMPLATE_TEST_CASE("rows that refer to their own table, or in a circle, go straight in any order",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  const auto one = [](const std::string& name, const std::string& next) {
    return TableSketch(name).number("id").integer("next_id").text("label").unique({"label"}).refers(
        {"next_id"}, next);
  };
  const ImportMode mode = GENERATE(ImportMode::skip, ImportMode::clean);
  RowsByTable before;
  const RowsByTable rows = {{"a", {{1, 2, "a1"}, {2, 1, "a2"}, {3, 3, "a3"}}},
                            {"b", {{1, 1, "b1"}, {2, 2, "b2"}}},
                            {"c", {{1, 3, "c1"}, {2, 1, "c2"}, {3, 2, "c3"}}}};
  SECTION("of one") {
    target.fill(schema_of({one("a", "a")}), mode == ImportMode::clean
                                                ? RowsByTable{{"a", {{5, 6, "x"}, {6, 5, "y"}}}}
                                                : RowsByTable{});
    const RowsByTable file = {{"a", rows.at("a")}};
    gone_straight(target, file_of(file), straight(mode));
    CHECK(target.rows() == file);
    same_conflict(target, file_of({{"a", {{1, 2, "z"}, {2, 8, "y"}}}}), with(kOther, kClean), "a");
  }
  SECTION("of two") {
    if (mode == ImportMode::clean) before = {{"a", {{1, 1, "x"}}}, {"b", {{1, 1, "y"}}}};
    target.fill(schema_of({one("a", "b"), one("b", "a")}), before);
    const RowsByTable file = {{"a", {{1, 2, "a1"}, {2, 1, "a2"}}}, {"b", rows.at("b")}};
    gone_straight(target, file_of(file), straight(mode));
    CHECK(target.rows() == file);
  }
  SECTION("of three") {
    if (mode == ImportMode::clean)
      before = {{"a", {{1, 1, "x"}}}, {"b", {{1, 1, "y"}}}, {"c", {{1, 1, "z"}}}};
    target.fill(schema_of({one("a", "b"), one("b", "c"), one("c", "a")}), before);
    RowsByTable file = rows;
    file["a"] = {{1, 2, "a1"}, {2, 1, "a2"}, {3, 1, "a3"}};
    gone_straight(target, file_of(file), straight(mode));
    CHECK(target.rows() == file);
  }
}

TEMPLATE_TEST_CASE("values that don't fit are all told, and nothing is written", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  const ImportMode mode = GENERATE(ImportMode::skip, ImportMode::clean);
  const RowsByTable before =
      mode == kClean ? kOthers
                     : RowsByTable{{"cards", {}}, {"lists", {}}, {"marks", {}}, {"words", {}}};
  target.fill(cards(), before);
  const ImportFile file =
      file_of({{"cards", {{1, "pay", 4}, {2, array(), array()}, {3, "run", 99}, {4, array(), 1}}},
               {"lists", {{1, "todo"}, {1, "todo"}, {3, array()}}},
               {"marks", {{7, array(), 98}, {8, nullptr, nullptr}}}});
  const ImportPlan plan = plan_for(target.schema(), straight(mode));
  const auto import = target.database().begin_import();
  REQUIRE(import->may_take_straight(plan));
  REQUIRE(import->expect(plan));
  import->empty_tables();
  stage_file(*import, target.schema(), file);
  std::vector<std::string> told;
  for (const RefusedValue& value : import->refused())
    told.push_back(value.column + " " + value.key);
  CHECK(import->refused_count() == 5);
  CHECK(told == std::vector<std::string>{"title id 2", "list_id id 2", "title id 4", "name id 3",
                                         "mark id 7"});
}

TEMPLATE_TEST_CASE("after values that don't fit all rows are as they were", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), kOthers);
  {
    const ImportPlan plan = plan_for(target.schema(), straight(kClean));
    const auto import = target.database().begin_import();
    REQUIRE(import->expect(plan));
    import->empty_tables();
    stage_file(*import, target.schema(), file_of({{"words", {{"x"}, {array()}}}}));
    CHECK(import->refused_count() == 1);
  }
  CHECK(target.rows() == kOthers);
}

TEMPLATE_TEST_CASE("a missing reference is told as it is of staged rows, with count and samples",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  RowsByTable rows = {{"lists", {{1, "todo"}}}};
  for (int id = 1; id <= 9; ++id)
    rows["cards"].push_back({id, "t" + std::to_string(id), id == 5 ? MemoryCell(nullptr) : id});
  rows["marks"] = {{1, "!", 3}, {2, "?", 44}};
  target.fill(cards(), kOthers);
  const std::string message = same_conflict(target, file_of(rows), with(kOther, kClean), "cards");
  CHECK_THAT(message, contains("7 references of cards by list_id to lists") &&
                          contains("2, 3, 4") && contains("…") &&
                          contains("1 reference of marks by card_id to cards") && contains("44"));
}

TEMPLATE_TEST_CASE("so is one of a key of several columns, and half NULL is none", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("p").integer("a").text("b").primary({"a", "b"}),
                 TableSketch("c").number("id").integer("a").or_null().text("b").or_null().refers(
                     {"a", "b"}, "p", {"a", "b"})}),
      {});
  const RowsByTable rows = {{"c", {{1, 1, "x"}, {2, 1, nullptr}, {3, nullptr, "q"}}},
                            {"p", {{1, "x"}}}};
  RowsByTable wrong = rows;
  wrong["c"].push_back({4, 1, "y"});
  const std::string message = same_conflict(target, file_of(wrong), with(kOther), "c");
  CHECK_THAT(message, contains("1 reference of c by a, b to p") && contains("(1, "));
  gone_straight(target, file_of(rows), straight());
  CHECK(target.rows() == rows);
}

TEMPLATE_TEST_CASE("two rows of the file under one key are a conflict, and nothing is written",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), kOthers);
  for (const RowsByTable& rows : {RowsByTable{{"lists", {{1, "todo"}, {1, "done"}}}},
                                  RowsByTable{{"lists", {{1, "todo"}, {2, "todo"}}}},
                                  RowsByTable{{"words", {{"x"}, {"x"}}}}}) {
    const std::string table = rows.begin()->first;
    CHECK(goes_straight(target, straight(kClean)));
    conflict_of(target, file_of(rows), straight(kClean), table);
    conflict_of(target, file_of(rows), with(kOther, kClean), table);
  }
}

TEMPLATE_TEST_CASE("rows of a table without any key are all there, equal ones too", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("log").text("what").or_null()}), {});
  const RowsByTable rows = {{"log", {{nullptr}, {"a"}, {"a"}, {"b"}}}};
  CHECK(counted(gone_straight(target, file_of(rows), straight()), "log") == "4: 4 inserted");
  CHECK(target.rows() == rows);
  import_again(target, file_of(rows), straight());
}

TEMPLATE_TEST_CASE("the database goes on numbering above rows that came straight", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  const Origin origin = GENERATE(Origin::serial, Origin::identity_always,
                                 Origin::identity_by_default, Origin::autoincrement);
  target.fill(
      schema_of({TableSketch("notes").number("id", origin).text("title").unique({"title"})}), {});
  gone_straight(target, file_of({{"notes", {{40, "b"}, {7, "c"}}}}), straight());
  ImportFile unnumbered;
  unnumbered.data["notes"] = {{"title"}, {{"d"}, {"e"}}};
  imported(target, unnumbered, with(kOther));
  CHECK(target.rows().at("notes") == Cells{{7, "c"}, {40, "b"}, {41, "d"}, {42, "e"}});
}

TEMPLATE_TEST_CASE("a number that was given out before clean is not given out again after it",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("notes")
                             .number("id", Origin::autoincrement)
                             .text("title")
                             .unique({"title"})}),
              {{"notes", {{1, "a"}, {50, "b"}}}});
  gone_straight(target, file_of({{"notes", {{1, "c"}}}}), straight(kClean));
  ImportFile unnumbered;
  unnumbered.data["notes"] = {{"title"}, {{"d"}}};
  imported(target, unnumbered, with(kOther));
  CHECK(target.rows().at("notes") == Cells{{1, "c"}, {51, "d"}});
}

TEMPLATE_TEST_CASE("rows of a file without their key come straight and are numbered", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("notes").number("id").text("title").unique({"title"})}), {});
  ImportFile file;
  file.data["notes"] = {{"title"}, {{"a"}, {"b"}}};
  CHECK(goes_straight(target, straight()));
  CHECK(counted(imported(target, file, straight()), "notes") == "2: 2 inserted");
  CHECK(target.rows().at("notes") == Cells{{1, "a"}, {2, "b"}});
}

TEMPLATE_TEST_CASE("where rows have to be looked up, or rules be followed, none go straight",
                   "[import]", SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("t").number("id").text("name").unique({"name"}),
                 TableSketch("u").number("id").integer("t_id").or_null().refers({"t_id"}, "t")}),
      {});
  CHECK(goes_straight(target, straight()));
  CHECK_FALSE(goes_straight(target, quickly(with(Identity::natural))));
  CHECK_FALSE(goes_straight(target, quickly(on_missing(MissingReference::null))));
  CHECK_FALSE(goes_straight(target, quickly(on_missing(MissingReference::skip))));
  ImportChoice matched = straight();
  matched.match["t"] = {"id", "name"};
  CHECK_FALSE(goes_straight(target, matched));
  ImportChoice looked_up = straight();
  looked_up.looked_up = {"t"};
  CHECK_FALSE(goes_straight(target, looked_up));
  ImportPlan plan = plan_for(target.schema(), straight());
  plan.dry_run = true;
  CHECK_FALSE(target.database().begin_import()->may_take_straight(plan));
  plan.dry_run = false;
  plan.fire_triggers = true;
  CHECK_FALSE(target.database().begin_import()->may_take_straight(plan));
}

TEMPLATE_TEST_CASE("a table that got rows after the first look is not filled straight", "[import]",
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("t").number("id").text("name").unique({"name"})}), {});
  const ImportPlan plan = plan_for(target.schema(), straight());
  const auto import = target.database().begin_import();
  REQUIRE(import->may_take_straight(plan));
  target.scratch().exec("INSERT INTO t VALUES (1, 'late')");
  CHECK_FALSE(import->expect(plan));
  stage_file(*import, target.schema(), file_of({{"t", {{1, "a"}, {2, "late"}}}}));
  import->find_rows(plan);
  import->write_rows();
  CHECK(said(import->counts(0)) == "2: 1 inserted, 1 skipped, 2 remapped");
  import->commit();
  CHECK(target.rows().at("t") == Cells{{1, "late"}, {3, "a"}});
}

TEST_CASE("columns that the database computes, and triggers that would stop it, are no obstacle") {
  const auto check = [](auto& scratch) {
    const auto database = open(scratch.url(), Access::write);
    const Schema schema = database->snapshot()->schema();
    const ImportFile file = file_of({{"t", {{1, 20}, {2, 30}}}});
    const ImportPlan plan = plan_for(schema, straight());
    const auto import = database->begin_import();
    REQUIRE(import->may_take_straight(plan));
    const ImportOutcome out = run_import(*import, schema, file, plan);
    if (out.error) FAIL(out.error->message());
    CHECK(import->triggers_off() == std::vector<std::string>{"t.stop"});
    CHECK(scratch.query("SELECT id, a, doubled FROM t ORDER BY id") == "1|20|40\n2|30|60");
    CHECK_THROWS(scratch.exec("INSERT INTO t (id, a) VALUES (3, 1)"));
    // Where they are to fire, they do.
    scratch.exec("DELETE FROM t");
    ImportPlan firing = plan;
    firing.fire_triggers = true;
    const ImportOutcome fired = run_import(*database->begin_import(), schema, file, firing);
    REQUIRE(fired.error);
    CHECK_THAT(fired.error->message(), contains("fired"));
    CHECK(scratch.query("SELECT count(*) FROM t") == "0");
  };
  ScratchSqlite sqlite(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, doubled INTEGER AS (a * 2) STORED);"
      "CREATE TRIGGER stop BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'fired'); END");
  check(sqlite);
  ScratchPostgres postgres(
      "CREATE TABLE t (id int PRIMARY KEY, a int, doubled int GENERATED ALWAYS AS (a * 2) STORED);"
      "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
      "''fired''; END'; CREATE TRIGGER stop BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION "
      "stop()");
  check(postgres);
}

TEST_CASE(
    "SQLite's plain indexes are off meanwhile and back by the very text they were made with") {
  ScratchSqlite scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER UNIQUE);"
      "CREATE INDEX i1 ON t (a COLLATE NOCASE DESC) WHERE b > 3;"
      "CREATE INDEX IF NOT EXISTS \"it's \"\"odd\"\"\" on t(lower(a)) /* why */;"
      "CREATE UNIQUE INDEX u ON t (a);"
      "CREATE TABLE \"Own Table\" (\"a b\" TEXT, id TEXT PRIMARY KEY) WITHOUT ROWID;"
      "CREATE INDEX [i 3] ON \"Own Table\" (\"a b\");"
      "INSERT INTO t VALUES (1, 'x', 5), (2, 'y', 6); ANALYZE;");
  const char* const kMade = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name";
  const char* const kStatistics = "SELECT tbl, idx FROM sqlite_stat1 ORDER BY 1, 2";
  const std::string made = scratch.query(kMade), statistics = scratch.query(kStatistics);
  const auto database = open(scratch.url(), Access::write);
  const Schema schema = database->snapshot()->schema();
  const ImportPlan plan = plan_for(schema, straight(kClean));
  const auto import = database->begin_import();
  const ImportOutcome out =
      run_import(*import, schema,
                 file_of({{"t", {{1, "q", 7}, {3, "r", 2}}}, {"Own Table", {{"v", "w"}}}}), plan);
  if (out.error) FAIL(out.error->message());
  auto off = import->taken_off();
  std::sort(off.begin(), off.end());
  CHECK(off == std::vector<std::string>{"Own Table.i 3", "t.i1", "t.it's \"odd\""});
  CHECK(scratch.query(kMade) == made);
  CHECK(scratch.query("PRAGMA integrity_check") == "ok");
  CHECK(scratch.query("SELECT id FROM t INDEXED BY i1 WHERE b > 3") == "1");
  CHECK(scratch.query(kStatistics) == statistics);
}

}  // namespace dbkeeper::testing
