// Under which keys new rows go in, on every engine.
#include "engines/import_trial.h"

namespace dbkeeper::testing {
namespace {

constexpr auto kOther = Identity::other_source;
constexpr auto kMerge = ImportMode::merge;

Schema notes() {
  return schema_of({TableSketch("notes").number("id").text("title").unique({"title"}),
                    TableSketch("links")
                        .integer("from_id")
                        .integer("to_id")
                        .primary({"from_id", "to_id"})
                        .refers({"from_id"}, "notes")
                        .refers({"to_id"}, "notes")});
}

// Orders with numbered lines, the order's number part of the line's key.
Schema orders() {
  return schema_of({TableSketch("orders").number("id").text("code").unique({"code"}),
                    TableSketch("lines")
                        .integer("order_id")
                        .integer("line")
                        .text("what")
                        .primary({"order_id", "line"})
                        .refers({"order_id"}, "orders")});
}

}  // namespace

TEMPLATE_TEST_CASE("a new row keeps its number if it is free", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(notes(), {{"notes", {{1, "a"}, {5, "b"}}}});
  const auto out = imported(target, file_of({{"notes", {{3, "c"}, {9, "d"}}}}), with(kOther));
  CHECK(said(out.counts.at("notes")) == "2: 2 inserted");
  CHECK(target.rows().at("notes") == Cells{{1, "a"}, {3, "c"}, {5, "b"}, {9, "d"}});
}

TEMPLATE_TEST_CASE("a taken number becomes one above all that database and file have", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(notes(), {{"notes", {{1, "a"}, {2, "b"}, {5, "e"}}}});
  const ImportFile file = file_of(
      {{"notes", {{2, "x"}, {9, "y"}, {1, "z"}, {7, "a"}}}, {"links", {{1, 2}, {2, 9}, {9, 7}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("notes")) == "4: 3 inserted, 1 skipped, 3 remapped");
  CHECK(out.remapped.at("notes") == Remapped{{"[1]", "[11]"}, {"[2]", "[10]"}, {"[7]", "[1]"}});
  CHECK(target.rows().at("notes") ==
        Cells{{1, "a"}, {2, "b"}, {5, "e"}, {9, "y"}, {10, "x"}, {11, "z"}});
  CHECK(target.rows().at("links") == Cells{{9, 1}, {10, 9}, {11, 10}});
  import_again(target, file, with(kOther));
  import_again(target, file, with(kOther, kMerge));
}

TEMPLATE_TEST_CASE("numbers that are swapped or chained lead where they led", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(notes(), {{"notes", {{1, "a"}, {2, "b"}, {3, "c"}}}, {"links", {{1, 2}}}});
  SECTION("swapped") {
    const ImportFile file = file_of({{"notes", {{2, "a"}, {1, "b"}}}, {"links", {{2, 1}, {1, 2}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("links")) == "2: 1 inserted, 1 unchanged, 2 remapped");
    CHECK(target.rows().at("links") == Cells{{1, 2}, {2, 1}});
    CHECK(target.rows().at("notes") == Cells{{1, "a"}, {2, "b"}, {3, "c"}});
  }
  SECTION("chained") {
    const ImportFile file =
        file_of({{"notes", {{1, "b"}, {2, "c"}, {3, "d"}}}, {"links", {{1, 2}, {2, 3}, {3, 1}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(out.remapped.at("notes") == Remapped{{"[1]", "[2]"}, {"[2]", "[3]"}, {"[3]", "[4]"}});
    CHECK(target.rows().at("links") == Cells{{1, 2}, {2, 3}, {3, 4}, {4, 2}});
    import_again(target, file, with(kOther, kMerge));
  }
}

TEMPLATE_TEST_CASE("the key of a row moves with the parent that is part of it", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(orders(), {{"orders", {{1, "A"}, {2, "B"}}},
                         {"lines", {{1, 1, "pen"}, {1, 2, "ink"}, {2, 1, "cup"}}}});
  SECTION("to a row that is there") {
    const ImportFile file =
        file_of({{"orders", {{1, "B"}}}, {"lines", {{1, 1, "mug"}, {1, 2, "pot"}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("lines")) == "2: 1 inserted, 1 updated, 2 remapped");
    CHECK(target.rows().at("lines") ==
          Cells{{1, 1, "pen"}, {1, 2, "ink"}, {2, 1, "mug"}, {2, 2, "pot"}});
    import_again(target, file, with(kOther, kMerge));
  }
  SECTION("to a new row, whose number in the file another row has here") {
    const ImportFile file =
        file_of({{"orders", {{1, "C"}}}, {"lines", {{1, 1, "mug"}, {1, 3, "pot"}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("lines")) == "2: 2 inserted, 2 remapped");
    CHECK(target.rows().at("lines") ==
          Cells{{1, 1, "pen"}, {1, 2, "ink"}, {2, 1, "cup"}, {3, 1, "mug"}, {3, 3, "pot"}});
    import_again(target, file, with(kOther, kMerge));
  }
}

TEMPLATE_TEST_CASE("a text key is the same row, always", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("countries").text("code").text("name").primary({"code"}),
                         TableSketch("cities")
                             .number("id")
                             .text("country")
                             .text("name")
                             .unique({"country", "name"})
                             .refers({"country"}, "countries", {"code"})}),
              {{"countries", {{"de", "Germany"}}}, {"cities", {{1, "de", "Berlin"}}}});
  const ImportFile file =
      file_of({{"countries", {{"de", "Deutschland"}, {"fr", "France"}}},
               {"cities", {{1, "fr", "Paris"}, {2, "de", "Berlin"}, {3, "de", "Bonn"}}}});
  const auto out = imported(target, file, with(kOther, kMerge));
  CHECK(said(out.counts.at("countries")) == "2: 1 inserted, 1 updated");
  CHECK(said(out.counts.at("cities")) == "3: 2 inserted, 1 unchanged, 2 remapped");
  CHECK(target.rows().at("cities") ==
        Cells{{1, "de", "Berlin"}, {3, "de", "Bonn"}, {4, "fr", "Paris"}});
  import_again(target, file, with(kOther, kMerge));
}

TEMPLATE_TEST_CASE("a row whose number is another row's is found by it, whatever else it says",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                         TableSketch("profiles")
                             .number("user_id")
                             .text("nick")
                             .unique({"nick"})
                             .refers({"user_id"}, "users")}),
              {{"users", {{1, "ann"}}}, {"profiles", {{1, "annie"}}}});
  const ImportFile file = file_of({{"users", {{7, "ann"}}}, {"profiles", {{7, "anna"}}}});
  const auto out = imported(target, file, with(kOther, kMerge));
  CHECK(said(out.counts.at("profiles")) == "1: 1 updated, 1 remapped");
  CHECK(target.rows().at("profiles") == Cells{{1, "anna"}});
}

TEMPLATE_TEST_CASE("a number that is a reference too follows it, and no new one is given",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of(
          {TableSketch("users").number("id").text("email").unique({"email"}),
           TableSketch("profiles").number("user_id").text("motto").refers({"user_id"}, "users")}),
      {{"users", {{1, "ann"}, {2, "bob"}}}, {"profiles", {{1, "onward"}}}});
  const ImportFile file = file_of({{"users", {{1, "bob"}, {2, "cid"}, {3, "ann"}}},
                                   {"profiles", {{1, "well"}, {2, "so"}, {3, "upward"}}}});
  const auto out = imported(target, file, with(kOther, kMerge));
  CHECK(said(out.counts.at("profiles")) == "3: 2 inserted, 1 updated, 3 remapped");
  CHECK(target.rows().at("profiles") == Cells{{1, "upward"}, {2, "well"}, {4, "so"}});
  import_again(target, file, with(kOther, kMerge));
}

TEMPLATE_TEST_CASE("rows of a file without their key are numbered by the database", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(notes(), {{"notes", {{4, "a"}}}});
  ImportFile file;
  file.data["notes"] = {{"title"}, {{"a"}, {"b"}, {"c"}}};
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("notes")) == "3: 2 inserted, 1 skipped");
  CHECK(target.rows().at("notes") == Cells{{4, "a"}, {5, "b"}, {6, "c"}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("the database goes on numbering above what was imported", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(notes(), {{"notes", {{1, "a"}}}});
  imported(target, file_of({{"notes", {{40, "b"}, {1, "c"}}}}), with(kOther));
  ImportFile unnumbered;
  unnumbered.data["notes"] = {{"title"}, {{"d"}}};
  imported(target, unnumbered, with(kOther));
  CHECK(target.rows().at("notes") == Cells{{1, "a"}, {40, "b"}, {41, "c"}, {42, "d"}});
}

TEMPLATE_TEST_CASE(
    "a number that was given out once is not given out again, though its row has gone", "[import]",
    MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("notes")
                             .number("id", Origin::autoincrement)
                             .text("title")
                             .unique({"title"})}),
              {{"notes", {{1, "a"}, {50, "b"}}}});
  imported(target, file_of({{"notes", {{1, "c"}}}}), with(kOther, ImportMode::clean));
  const auto out = imported(target, file_of({{"notes", {{1, "d"}}}}), with(kOther));
  CHECK(out.remapped.at("notes") == Remapped{{"[1]", "[51]"}});
  CHECK(target.rows().at("notes") == Cells{{1, "c"}, {51, "d"}});
}

TEMPLATE_TEST_CASE("rows go into a table that always numbers them itself", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("notes")
                             .number("id", Origin::identity_always)
                             .text("title")
                             .unique({"title"})}),
              {{"notes", {{1, "a"}}}});
  const ImportFile file = file_of({{"notes", {{7, "b"}, {1, "c"}, {9, "a"}}}});
  imported(target, file, with(kOther, kMerge));
  CHECK(target.rows().at("notes") == Cells{{1, "a"}, {7, "b"}, {10, "c"}});
  import_again(target, file, with(kOther, kMerge));
}

}  // namespace dbkeeper::testing
