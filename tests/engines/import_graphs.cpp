// References of imported rows lead where they led, on every engine: circles, shared columns, keys
// that aren't primary.
#include "engines/import_trial.h"

namespace dbkeeper::testing {
namespace {

constexpr auto kOther = Identity::other_source;
constexpr auto kMerge = ImportMode::merge;

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

TEMPLATE_TEST_CASE("of two keys that share a column, the one that is missing becomes NULL alone",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(tenants(), {{"tenants", {{1, "red"}}}});
  const ImportFile file = file_of({{"tenants", {{5, "red"}}}, {"tasks", {{1, 5, "x", "gone"}}}});
  imported(target, file, on_missing(MissingReference::null));
  CHECK(target.rows().at("tasks") == Cells{{1, 1, "x", nullptr}});
  import_again(target, file, on_missing(MissingReference::null));
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

}  // namespace dbkeeper::testing
