// Parents that an import doesn't write, on every engine: those that are only looked up, those that
// are missing, and what refers to rows that clean removes.
#include "engines/import_trial.h"

namespace dbkeeper::testing {
namespace {

constexpr auto kOther = Identity::other_source;
constexpr auto kMerge = ImportMode::merge;

// Cards of lists; the file may lack lists.
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
           {"card_id"}, "cards")});
}

}  // namespace

TEMPLATE_TEST_CASE("parents that aren't imported are still found", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), {{"lists", {{1, "todo"}, {2, "done"}}}, {"cards", {{1, "pay", 1}}}});
  ImportFile file = file_of({{"cards", {{2, "eat", 1}, {3, "pay", 1}}}});
  ImportChoice choice = with(kOther);
  SECTION("rows of a table that is only looked up") {
    file.data["lists"].rows = {{1, "done"}, {9, "new"}};
    choice.looked_up = {"lists"};
  }
  SECTION("references, by their natural key") {
    file.references["lists"] = {{"id", "name"}, {{1, "done"}}};
  }
  const auto out = imported(target, file, choice);
  CHECK(said(out.counts.at("lists")) == "0: ");
  CHECK(out.remapped.at("lists") == Remapped{{"[1]", "[2]"}});
  CHECK(target.rows().at("lists") == Cells{{1, "todo"}, {2, "done"}});
  CHECK(target.rows().at("cards") == Cells{{1, "pay", 1}, {2, "eat", 2}});
  import_again(target, file, choice);
}

TEMPLATE_TEST_CASE("a reference without a name is found by its number if all else is equal",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("moods").number("id").text("word").or_null(),
                 TableSketch("days").number("id").integer("mood_id").refers({"mood_id"}, "moods")}),
      {{"moods", {{1, "fine"}, {2, nullptr}}}});
  ImportFile file = file_of({{"days", {{1, 1}, {2, 2}}}});
  SECTION("it is") {
    file.references["moods"] = {{"id", "word"}, {{1, "fine"}, {2, nullptr}}};
    imported(target, file, with(kOther));
    CHECK(target.rows().at("days") == Cells{{1, 1}, {2, 2}});
  }
  SECTION("it isn't") {
    file.references["moods"] = {{"id", "word"}, {{1, "fine"}, {2, "grey"}}};
    conflict_of(target, file, with(kOther), "days");
  }
}

TEMPLATE_TEST_CASE("a reference that is neither in file nor database is an error", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), {{"lists", {{1, "todo"}}}, {"cards", {{1, "pay", 1}}}});
  // That list 1 is there doesn't help: it isn't in the file.
  const ImportFile file = file_of({{"cards", {{2, "eat", 1}, {3, "run", 7}, {4, "pay", 1}}}});
  SECTION("of rows that are to be inserted") {
    const std::string message = conflict_of(target, file, with(kOther), "cards");
    CHECK_THAT(message, contains("lists"));
    CHECK_THAT(message, contains("list_id"));
  }
  SECTION("not of those that are there and left alone") {
    imported(target, file_of({{"cards", {{4, "pay", 1}}}}), with(kOther));
  }
  SECTION("but of those that merge would update") {
    conflict_of(target, file_of({{"cards", {{4, "pay", 1}}}}), with(kOther, kMerge), "cards");
  }
}

TEMPLATE_TEST_CASE("missing references may become NULL", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(cards(), {{"lists", {{1, "todo"}}}, {"cards", {{1, "pay", 1}}}});
  SECTION("where that can be") {
    const ImportFile file = file_of(
        {{"cards", {{2, "eat", 1}, {3, "pay", 9}, {4, "run", nullptr}}}, {"marks", {{1, "!", 2}}}});
    const auto out = imported(target, file, on_missing(MissingReference::null, kMerge));
    CHECK(said(out.counts.at("cards")) == "3: 2 inserted, 1 updated, 1 remapped, 2 nulled");
    CHECK(target.rows().at("cards") ==
          Cells{{1, "pay", nullptr}, {2, "eat", nullptr}, {4, "run", nullptr}});
    import_again(target, file, on_missing(MissingReference::null, kMerge));
  }
  SECTION("where it can't, it is an error") {
    conflict_of(target, file_of({{"marks", {{1, "!", 2}}}}), on_missing(MissingReference::null),
                "marks");
  }
}

TEMPLATE_TEST_CASE("rows with missing references may be dropped, and those that need them",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), {{"lists", {{1, "todo"}}}, {"cards", {{1, "pay", 1}}}});
  const ImportFile file = file_of({{"lists", {{1, "todo"}}},
                                   {"cards", {{2, "eat", 7}, {3, "pay", 7}, {4, "run", 1}}},
                                   {"marks", {{1, "!", 2}, {2, "?", 3}, {3, ".", 4}}}});
  SECTION("skip") {
    const auto out = imported(target, file, on_missing(MissingReference::skip));
    CHECK(said(out.counts.at("cards")) == "3: 1 inserted, 1 skipped, 1 dropped, 1 remapped");
    CHECK(said(out.counts.at("marks")) == "3: 2 inserted, 1 dropped");
    CHECK(target.rows().at("marks") == Cells{{2, "?", 1}, {3, ".", 4}});
  }
  SECTION("merge drops one that is there from the file alone") {
    const auto out = imported(target, file, on_missing(MissingReference::skip, kMerge));
    CHECK(said(out.counts.at("cards")) == "3: 1 inserted, 2 dropped, 1 remapped");
    CHECK(target.rows().at("cards") == Cells{{1, "pay", 1}, {4, "run", 1}});
    CHECK(target.rows().at("marks") == Cells{{2, "?", 1}, {3, ".", 4}});
  }
}

TEMPLATE_TEST_CASE("clean empties what refers to its tables too", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(cards(), {{"lists", {{1, "todo"}}},
                        {"cards", {{1, "pay", 1}, {2, "eat", nullptr}}},
                        {"marks", {{1, "!", 1}}}});
  ImportChoice choice = with(kOther, ImportMode::clean);
  choice.looked_up = {"marks"};
  const auto out =
      imported(target, file_of({{"lists", {{3, "done"}}}, {"cards", {{1, "pay", 3}}}}), choice);
  CHECK(said(out.counts.at("cards")) == "1: 1 inserted, 2 removed");
  CHECK(said(out.counts.at("marks")) == "0: 1 removed");
  CHECK(target.rows() ==
        RowsByTable{{"lists", {{3, "done"}}}, {"cards", {{1, "pay", 3}}}, {"marks", {}}});
}

TEMPLATE_TEST_CASE("a reference that an earlier import has put under another number is found there",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                 TableSketch("entries").number("id").integer("user_id").text("words").refers(
                     {"user_id"}, "users"),
                 TableSketch("photos")
                     .number("id")
                     .integer("entry_id")
                     .text("path")
                     .unique({"path"})
                     .refers({"entry_id"}, "entries")}),
      {{"users", {{1, "ann"}}}, {"entries", {{5, 1, "it rained"}}}});
  imported(target, file_of({{"users", {{1, "bob"}}}, {"entries", {{5, 1, "sun"}}}}), with(kOther));
  ImportFile later = file_of({{"users", {{1, "bob"}}}, {"photos", {{1, 5, "sun.png"}}}});
  later.references["entries"].rows = {{5, 1, "sun"}};
  imported(target, later, with(kOther));
  CHECK(target.rows().at("photos") == Cells{{1, 6, "sun.png"}});
}

TEMPLATE_TEST_CASE("the number of a row that is new says nothing about a reference", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                 TableSketch("entries").number("id").integer("user_id").text("words").refers(
                     {"user_id"}, "users"),
                 TableSketch("photos")
                     .number("id")
                     .integer("entry_id")
                     .text("path")
                     .unique({"path"})
                     .refers({"entry_id"}, "entries")}),
      {{"users", {{1, "ann"}}}, {"entries", {{5, 1, "sun"}}}});
  ImportFile file = file_of({{"photos", {{1, 5, "sun.png"}}}});
  file.references["entries"].rows = {{5, 1, "sun"}};
  SECTION("entry 5 of bob, who is 1 in the file, is not entry 5 of ann, who is 1 here") {
    file.data["users"].rows = {{1, "bob"}};
    conflict_of(target, file, with(kOther), "photos");
  }
  SECTION("of whom the file knows nothing, it is") {
    imported(target, file, with(kOther));
    CHECK(target.rows().at("photos") == Cells{{1, 5, "sun.png"}});
  }
}

}  // namespace dbkeeper::testing
