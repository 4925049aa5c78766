// How a row of a file finds its row in a database: every rule once, on every engine.
#include "engines/import_trial.h"

namespace dbkeeper::testing {
namespace {

constexpr auto kOther = Identity::other_source;
constexpr auto kMerge = ImportMode::merge;

Schema users() {
  return schema_of(
      {TableSketch("users").number("id").text("email").text("name").or_null().unique({"email"})});
}

// Lists of users.
Schema lists() {
  return schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                    TableSketch("lists")
                        .number("id")
                        .integer("user_id")
                        .text("name")
                        .unique({"user_id", "name"})
                        .refers({"user_id"}, "users")});
}

Schema folders() {
  return schema_of({TableSketch("folders")
                        .number("id")
                        .integer("parent_id")
                        .or_null()
                        .text("name")
                        .unique({"parent_id", "name"})
                        .refers({"parent_id"}, "folders")});
}

// Entries of users, without anything of their own that is unique.
Schema diary() {
  return schema_of(
      {TableSketch("users").number("id").text("email").unique({"email"}),
       TableSketch("entries").number("id").integer("user_id").or_null().text("words").refers(
           {"user_id"}, "users")});
}

}  // namespace

TEMPLATE_TEST_CASE("a row is found by its natural key where its number is another", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(users(), {{"users", {{1, "ann", "Ann"}, {2, "bob", "Bob"}}}});
  const ImportFile file = file_of({{"users", {{7, "bob", "Robert"}, {8, "cid", nullptr}}}});

  SECTION("and left alone by skip") {
    const auto out = imported(target, file, with(kOther));
    CHECK(said(out.counts.at("users")) == "2: 1 inserted, 1 skipped, 1 remapped");
    CHECK(out.remapped.at("users") == Remapped{{"[7]", "[2]"}});
    CHECK(target.rows().at("users") ==
          Cells{{1, "ann", "Ann"}, {2, "bob", "Bob"}, {8, "cid", nullptr}});
  }
  SECTION("and updated by merge, its number stays") {
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("users")) == "2: 1 inserted, 1 updated, 1 remapped");
    CHECK(target.rows().at("users") ==
          Cells{{1, "ann", "Ann"}, {2, "bob", "Robert"}, {8, "cid", nullptr}});
    import_again(target, file, with(kOther, kMerge));
  }
  SECTION("but not by clean, which empties the table first") {
    const auto out = imported(target, file, with(kOther, ImportMode::clean));
    CHECK(said(out.counts.at("users")) == "2: 2 inserted, 2 removed");
    CHECK(target.rows().at("users") == Cells{{7, "bob", "Robert"}, {8, "cid", nullptr}});
  }
}

TEMPLATE_TEST_CASE("an import tells by what it found rows", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(users(), {{"users", {{1, "ann", "Ann"}, {2, "bob", "Bob"}}}});
  const auto out = imported(target, file_of({{"users", {{7, "bob", "Bob"}, {8, "cid", nullptr}}}}),
                            with(kOther));
  const ImportMatches& matches = out.matches.at("users");
  REQUIRE(matches.counts.size() == 1);
  CHECK(matches.counts[0].by == "email");
  CHECK(matches.counts[0].rows == 1);
  REQUIRE(matches.first.size() == 1);
  CHECK(matches.first[0].old_key == "[7]");
  CHECK(matches.first[0].new_key == "[2]");
  CHECK(matches.first[0].by == "email");
}

TEMPLATE_TEST_CASE("an import that isn't committed leaves no trace", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(diary(), {{"users", {{1, "ann"}}}, {"entries", {{5, 1, "it rained"}}}});
  const RowsByTable before = target.rows();
  const ImportFile file = file_of({{"users", {{1, "bob"}}}, {"entries", {{5, 1, "sun"}}}});
  const ImportPlan plan = plan_for(target.schema(), with(kOther));
  {
    const auto import = target.database().begin_import();
    stage_file(*import, target.schema(), file);
    import->find_rows(plan);
    import->write_rows();
  }
  CHECK(target.rows() == before);
  CHECK(target.kept().empty());
  imported(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("merge leaves a row that is the same already unwritten", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(users(), {{"users", {{1, "ann", "Ann"}, {2, "bob", nullptr}}}});
  const auto out = imported(target, file_of({{"users", {{1, "ann", "Ann"}, {5, "bob", nullptr}}}}),
                            with(kOther, kMerge));
  CHECK(said(out.counts.at("users")) == "2: 2 unchanged, 1 remapped");
}

TEMPLATE_TEST_CASE("merge leaves protected columns and those that the file lacks alone", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("users")
                             .number("id")
                             .text("email")
                             .text("name")
                             .or_null()
                             .text("role")
                             .or_null()
                             .unique({"email"})}),
              {{"users", {{1, "ann", "Ann", "admin"}}}});
  ImportFile file;
  ImportChoice choice = with(kOther, kMerge);
  SECTION("protected") {
    choice.kept["users"] = {"role"};
    file.data["users"].rows = {{1, "ann", "Anna", "guest"}};
  }
  SECTION("not in the file") {
    file.data["users"].columns = {"id", "email", "name"};
    file.data["users"].rows = {{1, "ann", "Anna"}};
  }
  CHECK(said(imported(target, file, choice).counts.at("users")) == "1: 1 updated");
  CHECK(target.rows().at("users") == Cells{{1, "ann", "Anna", "admin"}});
}

TEMPLATE_TEST_CASE("any of several natural keys finds the row", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("users")
                             .number("id")
                             .text("email")
                             .or_null()
                             .text("nick")
                             .or_null()
                             .unique({"email"})
                             .unique({"nick"})}),
              {{"users", {{1, "ann", nullptr}, {2, nullptr, "bobby"}}}});
  SECTION("by the one that has a value") {
    const ImportFile file = file_of({{"users", {{8, nullptr, "bobby"}, {9, "ann", "annie"}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("users")) == "2: 1 updated, 1 unchanged, 2 remapped");
    CHECK(target.rows().at("users") == Cells{{1, "ann", "annie"}, {2, nullptr, "bobby"}});
  }
  SECTION("but two that lead to two rows are a conflict that names both") {
    const std::string message =
        conflict_of(target, file_of({{"users", {{8, "ann", "bobby"}}}}), with(kOther), "users");
    CHECK_THAT(message, contains("1"));
    CHECK_THAT(message, contains("2"));
    CHECK_THAT(message, contains("8"));
  }
}

TEMPLATE_TEST_CASE("two rows of a file that claim one row are a conflict", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("users")
                             .number("id")
                             .text("email")
                             .or_null()
                             .text("nick")
                             .or_null()
                             .unique({"email"})
                             .unique({"nick"})}),
              {{"users", {{1, "ann", "annie"}}}});
  conflict_of(target, file_of({{"users", {{8, "ann", nullptr}, {9, nullptr, "annie"}}}}),
              with(kOther), "users");
}

TEMPLATE_TEST_CASE("two rows of a file with the same key are a conflict", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(users(), {});
  SECTION("the same natural key") {
    conflict_of(target, file_of({{"users", {{8, "ann", nullptr}, {9, "ann", "Ann"}}}}),
                with(kOther), "users");
  }
  SECTION("the same primary key") {
    conflict_of(target, file_of({{"users", {{8, "ann", nullptr}, {8, "bob", nullptr}}}}),
                with(kOther), "users");
  }
}

TEMPLATE_TEST_CASE("NULLs in a natural key match nothing", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("rooms").number("id").text("house").text("floor").or_null().unique(
          {"house", "floor"})}),
      {{"rooms", {{1, "a", nullptr}, {2, "a", "1"}}}});
  const ImportFile file = file_of({{"rooms", {{5, "a", nullptr}, {6, "a", "1"}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("rooms")) == "2: 1 inserted, 1 skipped, 1 remapped");
  CHECK(target.rows().at("rooms") == Cells{{1, "a", nullptr}, {2, "a", "1"}, {5, "a", nullptr}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("a natural key through a foreign key is looked up by the parent found",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(lists(),
              {{"users", {{1, "ann"}, {2, "bob"}}}, {"lists", {{1, 1, "todo"}, {2, 2, "todo"}}}});
  // In the file ann is 2 and bob is 1.
  const ImportFile file =
      file_of({{"users", {{1, "bob"}, {2, "ann"}}}, {"lists", {{1, 1, "todo"}, {3, 2, "later"}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(out.remapped.at("users") == Remapped{{"[1]", "[2]"}, {"[2]", "[1]"}});
  CHECK(out.remapped.at("lists") == Remapped{{"[1]", "[2]"}});
  CHECK(target.rows().at("lists") == Cells{{1, 1, "todo"}, {2, 2, "todo"}, {3, 1, "later"}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("the child of a new parent is new, whatever number the parent has in the file",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(lists(), {{"users", {{1, "ann"}}}, {"lists", {{1, 1, "todo"}}}});
  const ImportFile file = file_of({{"users", {{1, "bob"}}}, {"lists", {{1, 1, "todo"}}}});
  imported(target, file, with(kOther));
  CHECK(target.rows().at("users") == Cells{{1, "ann"}, {2, "bob"}});
  CHECK(target.rows().at("lists") == Cells{{1, 1, "todo"}, {2, 2, "todo"}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("folders are found by parent and name, level by level", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  // A root has no name of its own, since NULL matches nothing: by its number.
  target.fill(folders(),
              {{"folders", {{1, nullptr, "/"}, {2, 1, "home"}, {3, 2, "ann"}, {4, 3, "pics"}}}});
  const ImportFile file = file_of(
      {{"folders",
        {{14, 13, "pics"}, {15, 14, "new"}, {13, 12, "ann"}, {12, 1, "home"}, {1, nullptr, "/"}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("folders")) == "5: 1 inserted, 4 skipped, 3 remapped");
  CHECK(target.rows().at("folders") ==
        Cells{{1, nullptr, "/"}, {2, 1, "home"}, {3, 2, "ann"}, {4, 3, "pics"}, {15, 4, "new"}});
  import_again(target, file, with(kOther));
}

TEMPLATE_TEST_CASE("a key on an expression compares what the expression says", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("users").number("id").text("email").unique_lower("email")}),
              {{"users", {{1, "Ann@Example.com"}}}});
  const ImportFile file = file_of({{"users", {{4, "ann@example.COM"}, {5, "bob@example.com"}}}});
  const auto out = imported(target, file, with(kOther, kMerge));
  CHECK(said(out.counts.at("users")) == "2: 1 inserted, 1 updated, 1 remapped");
  CHECK(target.rows().at("users") == Cells{{1, "ann@example.COM"}, {5, "bob@example.com"}});
}

TEMPLATE_TEST_CASE("a key for rows that are not deleted finds only such rows", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("pages")
                             .number("id")
                             .text("slug")
                             .text("deleted_at")
                             .or_null()
                             .unique_while_null({"slug"}, "deleted_at")}),
              {{"pages", {{1, "start", "monday"}, {2, "start", nullptr}, {3, "about", "sunday"}}}});
  const ImportFile file = file_of({{"pages", {{7, "start", nullptr}, {8, "about", nullptr}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("pages")) == "2: 1 inserted, 1 skipped, 1 remapped");
  CHECK(out.remapped.at("pages") == Remapped{{"[7]", "[2]"}});
}

TEMPLATE_TEST_CASE(
    "a row without any name of its own is found by its number if its references agree", "[import]",
    MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(diary(), {{"users", {{1, "ann"}, {2, "bob"}}},
                        {"entries", {{5, 1, "it rained"}, {6, 2, "sun"}, {7, nullptr, "?"}}}});
  SECTION("they do") {
    const ImportFile file =
        file_of({{"users", {{11, "ann"}}}, {"entries", {{5, 11, "it poured"}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("entries")) == "1: 1 updated, 1 by number alone");
    CHECK(target.rows().at("entries").front() == MemoryRow{5, 1, "it poured"});
  }
  SECTION("they don't: entry 5 of ann is not entry 5 of bob") {
    const ImportFile file =
        file_of({{"users", {{11, "bob"}}}, {"entries", {{5, 11, "it rained"}, {7, 11, "?"}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("entries")) == "2: 2 inserted, 2 remapped");
    CHECK(target.rows().at("entries") == Cells{{5, 1, "it rained"},
                                               {6, 2, "sun"},
                                               {7, nullptr, "?"},
                                               {8, 2, "it rained"},
                                               {9, 2, "?"}});
    import_again(target, file, with(kOther, kMerge));
  }
  SECTION("nor those of a user who is new here") {
    const ImportFile file = file_of({{"users", {{1, "cid"}}}, {"entries", {{5, 1, "it rained"}}}});
    const auto out = imported(target, file, with(kOther));
    CHECK(said(out.counts.at("entries")) == "1: 1 inserted, 1 remapped");
    CHECK(target.rows().at("entries").back() == MemoryRow{8, 3, "it rained"});
    import_again(target, file, with(kOther));
  }
}

TEMPLATE_TEST_CASE("rows that got a new number and have no name are found again by the kept map",
                   "[import]", MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(diary(), {{"users", {{1, "ann"}, {2, "bob"}}}, {"entries", {{5, 1, "it rained"}}}});
  const ImportFile file =
      file_of({{"users", {{1, "bob"}}}, {"entries", {{5, 1, "sun"}, {9, 1, "wind"}}}});
  ImportChoice choice = with(kOther);

  SECTION("of another source: those whose number changed") {
    imported(target, file, choice);
    CHECK(target.kept() == ImportTarget::KeptMap{{"the file's source", "entries", "[5]", "[10]"}});
    import_again(target, file, choice);
  }
  SECTION("by natural identity: all of them") {
    choice.identity = Identity::natural;
    imported(target, file, choice);
    CHECK(target.kept() == ImportTarget::KeptMap{{"the file's source", "entries", "[5]", "[10]"},
                                                 {"the file's source", "entries", "[9]", "[9]"}});
    import_again(target, file, choice);
  }
  SECTION("an entry whose row has gone counts no more") {
    imported(target, file, choice);
    const ImportFile later = file_of({{"users", {{1, "bob"}}}, {"entries", {{9, 1, "wind"}}}});
    imported(target, later, with(kOther, ImportMode::clean));
    CHECK(target.kept().empty());
    const auto out = imported(target, file, choice);
    CHECK(said(out.counts.at("entries")) == "2: 1 inserted, 1 skipped");
  }
  SECTION("before their old number is looked at") {
    // By its number alone, 5 would be the database's 5, and 2, whose parent is 5, not its 2.
    target.fill(schema_of({TableSketch("entries").number("id").integer("after").or_null().refers(
                    {"after"}, "entries")}),
                {{"entries", {{1, nullptr}, {3, 1}, {5, 3}}}});
    const ImportFile chain = file_of({{"entries", {{5, nullptr}, {2, 5}}}});
    imported(target, chain, choice);
    CHECK(target.rows().at("entries") == Cells{{1, nullptr}, {2, 6}, {3, 1}, {5, 3}, {6, nullptr}});
    import_again(target, chain, choice);
  }
  SECTION("unless no map is to be kept") {
    choice.keep_map = false;
    imported(target, file, choice);
    CHECK(target.kept().empty());
  }
}

TEMPLATE_TEST_CASE("in the same database a row is found by its primary key", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(users(), {{"users", {{1, "ann", "Ann"}, {2, "bob", "Bob"}}}});
  SECTION("though its e-mail is another") {
    const auto out = imported(target, file_of({{"users", {{1, "ann@new", "Ann"}}}}),
                              with(Identity::same_source, kMerge));
    CHECK(said(out.counts.at("users")) == "1: 1 updated");
    CHECK(target.rows().at("users").front() == MemoryRow{1, "ann@new", "Ann"});
  }
  SECTION("or by its natural key, if the number is gone") {
    const auto out = imported(target, file_of({{"users", {{9, "bob", "Bob"}}}}),
                              with(Identity::same_source, kMerge));
    CHECK(said(out.counts.at("users")) == "1: 1 unchanged, 1 remapped");
  }
  SECTION("but not if these lead to two rows") {
    conflict_of(target, file_of({{"users", {{1, "bob", "Bob"}}}}), with(Identity::same_source),
                "users");
  }
}

TEMPLATE_TEST_CASE("by key, the primary key alone decides", "[import]", MemoryTarget, SqliteTarget,
                   PostgresTarget) {
  TestType target;
  target.fill(users(), {{"users", {{1, "ann", "Ann"}}}});
  SECTION("it is the same row, its e-mail another") {
    const auto out =
        imported(target, file_of({{"users", {{1, "bob", "Bob"}}}}), with(Identity::key, kMerge));
    CHECK(said(out.counts.at("users")) == "1: 1 updated");
    CHECK(target.rows().at("users") == Cells{{1, "bob", "Bob"}});
  }
  SECTION("it is another row, and the same e-mail is one too many") {
    conflict_of(target, file_of({{"users", {{2, "ann", "Ann"}}}}), with(Identity::key), "users");
  }
}

TEMPLATE_TEST_CASE("a key that the user gave takes the place of the declared ones", "[import]",
                   MemoryTarget, SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(schema_of({TableSketch("songs").number("id").text("title").text("by")}),
              {{"songs", {{1, "Help", "Beatles"}, {2, "Help", "Bananarama"}}}});
  ImportChoice choice = with(kOther);
  SECTION("it names one row") {
    choice.match["songs"] = {"title", "by"};
    const auto out = imported(target, file_of({{"songs", {{1, "Help", "Bananarama"}}}}), choice);
    CHECK(said(out.counts.at("songs")) == "1: 1 skipped, 1 remapped");
  }
  SECTION("it names two, which is a conflict") {
    choice.match["songs"] = {"title"};
    conflict_of(target, file_of({{"songs", {{7, "Help", "Beatles"}}}}), choice, "songs");
  }
}

TEMPLATE_TEST_CASE("rows of a table without any key are a multiset", "[import]", MemoryTarget,
                   SqliteTarget, PostgresTarget) {
  TestType target;
  target.fill(
      schema_of({TableSketch("users").number("id").text("email").unique({"email"}),
                 TableSketch("visits").integer("user_id").or_null().text("page").or_null().refers(
                     {"user_id"}, "users")}),
      {{"users", {{1, "ann"}}},
       {"visits", {{1, "home"}, {1, "home"}, {1, nullptr}, {nullptr, nullptr}}}});
  const ImportFile file =
      file_of({{"users", {{9, "ann"}, {1, "bob"}}},
               {"visits",
                {{9, "home"}, {9, "home"}, {9, "home"}, {9, nullptr}, {9, nullptr}, {1, "home"}}}});
  const auto out = imported(target, file, with(kOther));
  CHECK(said(out.counts.at("visits")) == "6: 3 inserted, 3 skipped");
  import_again(target, file, with(kOther));
  import_again(target, file, with(kOther, kMerge));
}

TEST_CASE("a key compares as its collation says", "[import]") {
  const Schema schema =
      schema_of({TableSketch("tags").number("id").text("name").any_case().unique({"name"})});
  const ImportFile file = file_of({{"tags", {{3, "RED"}, {4, "Blue"}}}});
  const auto check = [&](ImportTarget& target) {
    target.fill(schema, {{"tags", {{1, "red"}}}});
    const auto out = imported(target, file, with(kOther, kMerge));
    CHECK(said(out.counts.at("tags")) == "2: 1 inserted, 1 updated, 1 remapped");
    CHECK(target.rows().at("tags") == Cells{{1, "RED"}, {4, "Blue"}});
  };
  MemoryTarget memory;
  check(memory);
  SqliteTarget sqlite;
  check(sqlite);
}

}  // namespace dbkeeper::testing
