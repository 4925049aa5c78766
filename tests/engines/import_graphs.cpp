// References of imported rows lead where they led, on every engine: circles, shared columns, keys
// that aren't primary, parents that are only looked up, and those that are missing.
#include "engines/import_trial.h"

namespace dbkeeper::testing {
namespace {

constexpr auto kOther = Identity::other_source;
constexpr auto kMerge = ImportMode::merge;

ImportChoice on_missing(MissingReference what, ImportMode mode = ImportMode::skip) {
  ImportChoice choice = with(kOther, mode);
  choice.on_missing = what;
  return choice;
}

// A circle of two: every team has a lead, every person is in a team.
Schema teams() {
  return schema_of(
      {TableSketch("people").number("id").text("name").integer("team_id").unique({"name"}).refers(
           {"team_id"}, "teams"),
       TableSketch("teams").number("id").text("name").integer("lead_id").unique({"name"}).refers(
           {"lead_id"}, "people")});
}

Schema circle_of_three() {
  const auto one = [](const std::string& name, const std::string& next) {
    return TableSketch(name).number("id").integer("next_id").text("label").unique({"label"}).refers(
        {"next_id"}, next);
  };
  return schema_of({one("a", "b"), one("b", "c"), one("c", "a")});
}

Schema staff() {
  return schema_of({TableSketch("staff")
                        .number("id")
                        .text("name")
                        .integer("boss_id")
                        .or_null()
                        .unique({"name"})
                        .refers({"boss_id"}, "staff")});
}

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

// Two keys that share a column: who is assigned is of the same tenant.
Schema tenants() {
  return schema_of({TableSketch("tenants").number("id").text("name").unique({"name"}),
                    TableSketch("users")
                        .integer("tenant_id")
                        .text("nick")
                        .primary({"tenant_id", "nick"})
                        .refers({"tenant_id"}, "tenants"),
                    TableSketch("tasks")
                        .number("id")
                        .integer("tenant_id")
                        .text("title")
                        .text("assignee")
                        .or_null()
                        .unique({"tenant_id", "title"})
                        .refers({"tenant_id"}, "tenants")
                        .refers({"tenant_id", "assignee"}, "users", {"tenant_id", "nick"})});
}

}  // namespace

TEMPLATE_TEST_CASE("rows that refer to their own table come in any order", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(staff(), {{"staff", {{1, "ann", nullptr}, {2, "bob", 1}}}});
  const ImportFile file =
      file_of({{"staff", {{1, "eve", 2}, {2, "dan", 4}, {3, "cid", 3}, {4, "ann", nullptr}}}});
  imported(target, file, with(kOther));
  CHECK(target.rows().at("staff") ==
        Cells{{1, "ann", nullptr}, {2, "bob", 1}, {3, "cid", 3}, {5, "eve", 6}, {6, "dan", 1}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("a circle of two tables without NULLs is closed again", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(teams(), {{"people", {{1, "ann", 1}}}, {"teams", {{1, "red", 1}}}});
  const ImportFile file = file_of({{"people", {{1, "bob", 1}, {2, "ann", 2}, {3, "cid", 1}}},
                                   {"teams", {{1, "blue", 3}, {2, "red", 1}}}});
  imported(target, file, with(kOther, kMerge));
  CHECK(target.rows().at("people") == Cells{{1, "ann", 1}, {3, "cid", 3}, {4, "bob", 3}});
  CHECK(target.rows().at("teams") == Cells{{1, "red", 4}, {3, "blue", 3}});
  import_again(target, file, with(kOther, kMerge));
}

TEMPLATE_TEST_CASE("so is a circle of three", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(circle_of_three(),
              {{"a", {{1, 1, "a1"}}}, {"b", {{1, 1, "b1"}}}, {"c", {{1, 1, "c1"}}}});
  const ImportFile file = file_of({{"a", {{1, 2, "a2"}, {2, 1, "a3"}}},
                                   {"b", {{1, 1, "b2"}, {2, 2, "b3"}}},
                                   {"c", {{1, 2, "c2"}, {2, 1, "c1"}}}});
  SECTION("added to another one") {
    imported(target, file, with(kOther));
    CHECK(target.rows().at("a") == Cells{{1, 1, "a1"}, {2, 3, "a3"}, {3, 2, "a2"}});
    CHECK(target.rows().at("b") == Cells{{1, 1, "b1"}, {2, 1, "b3"}, {3, 3, "b2"}});
    CHECK(target.rows().at("c") == Cells{{1, 1, "c1"}, {3, 2, "c2"}});
    import_again(target, file, with(kOther));
  }
  SECTION("in the place of all others") {
    imported(target, file, with(kOther, ImportMode::clean));
    CHECK(target.rows().at("a") == Cells{{1, 2, "a2"}, {2, 1, "a3"}});
  }
}

TEMPLATE_TEST_CASE("references to unique columns are rewritten by these", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of(
          {TableSketch("users").number("id").text("email").text("login").unique({"email"}).unique(
               {"login"}),
           TableSketch("posts").number("id").text("login").text("title").unique({"title"}).refers(
               {"login"}, "users", {"login"})}),
      {{"users", {{1, "ann@x", "ann"}}}, {"posts", {{1, "ann", "hello"}}}});
  ImportChoice choice = with(kOther);
  const ImportFile file = file_of(
      {{"users", {{3, "ann@x", "anna"}}}, {"posts", {{2, "anna", "more"}, {3, "anna", "hello"}}}});
  SECTION("skip: the parent's own value is what it is here") {
    imported(target, file, choice);
    CHECK(target.rows().at("posts") == Cells{{1, "ann", "hello"}, {2, "ann", "more"}});
  }
  SECTION("merge: the parent's value changes, and with it all that refer to it") {
    choice.mode = kMerge;
    imported(target, file, choice);
    CHECK(target.rows().at("users") == Cells{{1, "ann@x", "anna"}});
    CHECK(target.rows().at("posts") == Cells{{1, "anna", "hello"}, {2, "anna", "more"}});
  }
  import_again(target, file, choice);
}

TEMPLATE_TEST_CASE("two keys that share a column are rewritten as one", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(tenants(),
              {{"tenants", {{1, "red"}, {2, "blue"}}}, {"users", {{1, "ann"}, {2, "ann"}}}});
  const ImportFile file =
      file_of({{"tenants", {{1, "blue"}, {2, "green"}}},
               {"users", {{1, "ann"}, {1, "bob"}, {2, "ann"}}},
               {"tasks", {{1, 1, "x", "bob"}, {2, 1, "y", nullptr}, {3, 2, "x", "ann"}}}});
  imported(target, file, with(kOther));
  CHECK(target.rows().at("users") == Cells{{1, "ann"}, {2, "ann"}, {2, "bob"}, {3, "ann"}});
  CHECK(target.rows().at("tasks") ==
        Cells{{1, 2, "x", "bob"}, {2, 2, "y", nullptr}, {3, 3, "x", "ann"}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("a join table's rows follow both ends", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  const auto named = [](const std::string& name) {
    return TableSketch(name).number("id").text("name").unique({"name"});
  };
  target.fill(schema_of({named("cards"), named("tags"),
                         TableSketch("card_tags")
                             .integer("card_id")
                             .integer("tag_id")
                             .primary({"card_id", "tag_id"})
                             .refers({"card_id"}, "cards")
                             .refers({"tag_id"}, "tags")}),
              {{"cards", {{1, "a"}, {2, "b"}}},
               {"tags", {{1, "x"}, {2, "y"}}},
               {"card_tags", {{1, 1}, {2, 2}}}});
  const ImportFile file = file_of({{"cards", {{1, "b"}, {2, "a"}, {3, "c"}}},
                                   {"tags", {{1, "y"}, {2, "x"}}},
                                   {"card_tags", {{1, 1}, {1, 2}, {2, 1}, {3, 2}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("card_tags")) == "4: 3 inserted, 1 skipped, 4 remapped");
  CHECK(target.rows().at("card_tags") == Cells{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 1}});
  import_again(target, file, with(kOther));
}

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

TEMPLATE_TEST_CASE("of two keys that share a column, the one that is missing becomes NULL alone",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(tenants(), {{"tenants", {{1, "red"}}}});
  const ImportFile file = file_of({{"tenants", {{5, "red"}}}, {"tasks", {{1, 5, "x", "gone"}}}});
  imported(target, file, on_missing(MissingReference::null));
  CHECK(target.rows().at("tasks") == Cells{{1, 1, "x", nullptr}});
  import_again(target, file, on_missing(MissingReference::null));
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

TEMPLATE_TEST_CASE("a reference that only the file declares is rewritten, or stays as it is",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                 TableSketch("log").number("id").integer("user_id").text("what").unique({"what"})}),
      {{"users", {{4, "ann"}}}});
  ForeignKey declared;
  declared.columns = {"user_id"};
  declared.references = {"main", "users"};
  declared.to = {"id"};
  ImportChoice choice = with(kOther);
  choice.declared_links["log"] = {declared};
  const ImportFile file =
      file_of({{"users", {{1, "ann"}}}, {"log", {{1, 1, "came"}, {2, 99, "went"}}}});
  imported(target, file, choice);
  CHECK(target.rows().at("log") == Cells{{1, 4, "came"}, {2, 99, "went"}});
  import_again(target, file, choice);
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

TEMPLATE_TEST_CASE(
    "a reference that becomes NULL does so in a column of another one, if it has no other",
    "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("tenants").number("id").text("name").unique({"name"}),
                         TableSketch("users")
                             .integer("tenant_id")
                             .text("nick")
                             .primary({"tenant_id", "nick"})
                             .refers({"tenant_id"}, "tenants"),
                         TableSketch("tasks")
                             .number("id")
                             .integer("tenant_id")
                             .or_null()
                             .text("assignee")
                             .refers({"tenant_id"}, "tenants")
                             .refers({"tenant_id", "assignee"}, "users", {"tenant_id", "nick"})}),
              {{"tenants", {{1, "red"}}}});
  const ImportFile file = file_of({{"tenants", {{5, "red"}}}, {"tasks", {{1, 5, "gone"}}}});
  imported(target, file, on_missing(MissingReference::null));
  CHECK(target.rows().at("tasks") == Cells{{1, nullptr, "gone"}});
  import_again(target, file, on_missing(MissingReference::null));
}

TEMPLATE_TEST_CASE("two keys that share a column and lead to different values of it are a conflict",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  // The user has moved to another tenant here.
  target.fill(schema_of({TableSketch("tenants").number("id").text("name").unique({"name"}),
                         TableSketch("users")
                             .integer("tenant_id")
                             .integer("part")
                             .text("email")
                             .primary({"tenant_id", "part"})
                             .unique({"email"})
                             .refers({"tenant_id"}, "tenants"),
                         TableSketch("tasks")
                             .number("id")
                             .integer("tenant_id")
                             .integer("part")
                             .text("title")
                             .unique({"title"})
                             .refers({"tenant_id"}, "tenants")
                             .refers({"tenant_id", "part"}, "users", {"tenant_id", "part"})}),
              {{"tenants", {{1, "red"}, {2, "blue"}}},
               {"users", {{2, 1, "ann"}}},
               {"tasks", {{1, 2, 1, "pay"}}}});
  SECTION("if the row is written") {
    const ImportFile file = file_of(
        {{"tenants", {{1, "red"}}}, {"users", {{1, 1, "ann"}}}, {"tasks", {{2, 1, 1, "eat"}}}});
    conflict_of(target, file, with(kOther), "tasks");
  }
  SECTION("but not if it is there and left alone") {
    const ImportFile file = file_of(
        {{"tenants", {{1, "red"}}}, {"users", {{1, 1, "ann"}}}, {"tasks", {{1, 1, 1, "pay"}}}});
    const auto out = imported(target, file, with(kOther));
    CHECK(said(out.counts.at("tasks")) == "1: 1 skipped");
  }
}

TEMPLATE_TEST_CASE("a row that is its own parent stays that under the number of its owner",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                         TableSketch("agents")
                             .number("user_id")
                             .integer("chief_id")
                             .refers({"user_id"}, "users")
                             .refers({"chief_id"}, "agents", {"user_id"})}),
              {{"users", {{1, "ann"}}}, {"agents", {{1, 1}}}});
  const ImportFile file =
      file_of({{"users", {{1, "bob"}, {2, "ann"}}}, {"agents", {{1, 1}, {2, 2}}}});
  imported(target, file, with(kOther, kMerge));
  CHECK(target.rows().at("users") == Cells{{1, "ann"}, {3, "bob"}});
  CHECK(target.rows().at("agents") == Cells{{1, 1}, {3, 3}});
  import_again(target, file, with(kOther, kMerge));
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
