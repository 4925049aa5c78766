#include <algorithm>
#include <stdexcept>

#include "core/import_fit.h"
#include "core/import_planner.h"
#include "core/schemas.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

using Names = std::vector<std::string>;

// Users with a natural key, their notes, and a log that refers to users.
Schema notes() {
  Table users = table("users");
  users.columns.push_back(column("email", Family::text));
  users.unique.push_back(key("users_email", {"email"}));
  Table folders = table("folders", {"?folders", "users"});
  folders.columns.push_back(column("name", Family::text));
  return schema({folders, table("log", {"users"}), table("notes", {"folders"}), users});
}

const Table& named(const Schema& schema, const std::string& name) {
  const auto at = std::find_if(schema.tables.begin(), schema.tables.end(),
                               [&](const Table& table) { return table.name.name == name; });
  if (at == schema.tables.end()) throw std::runtime_error("no table " + name);
  return *at;
}

// The plan for data of these tables; of those after a '?', the rows are only looked up.
ImportPlan planned(const Schema& file, const Schema& database, const Names& tables,
                   const ImportOptions& options = {}, bool same = false) {
  std::vector<PlacedTable> placed;
  for (std::string name : tables) {
    const bool written = name.front() != '?';
    if (!written) name.erase(0, 1);
    placed.push_back({&named(database, name), &named(file, name), written});
  }
  return plan_import(file, database, placed, {"source", same}, options);
}

Names names_of(const ImportPlan& plan) {
  Names names;
  for (const ImportTable& table : plan.tables) names.push_back(table.name);
  return names;
}

const ImportTable& in(const ImportPlan& plan, const std::string& name) {
  for (const ImportTable& table : plan.tables)
    if (table.name == name) return table;
  throw std::runtime_error("no table " + name + " in the plan");
}

std::string message_of(const ImportOptions& options, const Schema& database) {
  try {
    check_options(database, options);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return {};
}

FileTable from_file(const Schema& file, const std::string& name, Names columns,
                    Section section = Section::data) {
  return {section, name, &named(file, name), std::move(columns)};
}

}  // namespace

TEST_CASE("an import goes through parents before children and looks up what it doesn't write") {
  const Schema database = notes();
  const ImportPlan plan = planned(database, database, {"notes", "folders"});
  CHECK(names_of(plan) == Names{"users", "folders", "notes"});
  CHECK_FALSE(in(plan, "users").written);
  CHECK(in(plan, "folders").written);
  REQUIRE(in(plan, "notes").links.size() == 1);
  CHECK(in(plan, "notes").links[0].parent == 1);
  REQUIRE(in(plan, "folders").links.size() == 2);
  CHECK(in(plan, "folders").links[0].parent == 1);  // itself
  CHECK(plan.groups == std::vector<std::vector<std::size_t>>{{0}, {1}, {2}});
}

TEST_CASE("tables that refer to one another in a circle stand in one group") {
  Table team = table("team", {"person"}), person = table("person", {"team"});
  const Schema database = schema({person, team, table("badge", {"person"})});
  const ImportPlan plan = planned(database, database, {"badge", "person", "team"});
  REQUIRE(plan.groups.size() == 2);
  CHECK(plan.groups[0].size() == 2);
  CHECK(plan.tables[plan.groups[1][0]].name == "badge");
}

TEST_CASE("a foreign key that the file alone declares is followed and asks for nothing") {
  const Schema file = notes();
  Schema database = notes();
  for (Table& table : database.tables) table.foreign_keys.clear();
  const ImportPlan plan = planned(file, database, {"notes", "folders", "users"});
  REQUIRE(in(plan, "notes").links.size() == 1);
  CHECK(in(plan, "notes").links[0].key == nullptr);
  CHECK(in(plan, "notes").links[0].columns == Names{"folders_id"});
}

TEST_CASE("a key given with --match stands before the table's own") {
  const Schema database = notes();
  const ImportPlan plan = planned(database, database, {"users", "folders"},
                                  {.match = {"folders=users_id,name", "users=email"}});
  REQUIRE(in(plan, "folders").keys.size() == 1);
  CHECK(in(plan, "folders").keys[0].columns() == Names{"users_id", "name"});
  REQUIRE(in(plan, "users").keys.size() == 2);
  CHECK(in(plan, "users").keys[1].name == "users_email");
}

TEST_CASE("who the rows are follows from where the file comes from and what the user said") {
  using Choice = ImportOptions::IdentityChoice;
  const Schema database = notes();
  CHECK(planned(database, database, {"users"}, {}, true).identity == Identity::same_source);
  CHECK(planned(database, database, {"users"}, {}, false).identity == Identity::other_source);
  CHECK(planned(database, database, {"users"}, {.identity = Choice::natural}, true).identity ==
        Identity::natural);
  CHECK(planned(database, database, {"users"}, {.identity = Choice::key}).identity ==
        Identity::key);
}

TEST_CASE("clean empties children before parents and names who else refers to them") {
  const Schema database = notes();
  const ImportPlan plan =
      planned(database, database, {"users", "folders"}, {.mode = ImportMode::clean});
  REQUIRE(plan.emptied.size() == 2);
  CHECK(plan.emptied[0][0]->name.name == "folders");
  CHECK(plan.emptied[1][0]->name.name == "users");
  REQUIRE(plan.referrers.size() == 2);
  CHECK(plan.referrers[0].name == "log");
  CHECK(plan.referrers[1].name == "notes");
}

TEST_CASE("clean with --cascade empties those too, and those that refer to them") {
  const Schema database = notes();
  const ImportPlan plan =
      planned(database, database, {"users"}, {.mode = ImportMode::clean, .cascade = true});
  CHECK(plan.referrers.empty());
  REQUIRE(plan.emptied.size() == 4);
  CHECK(plan.emptied[3][0]->name.name == "users");
  CHECK_FALSE(in(plan, "notes").written);
}

TEST_CASE("a protected column is named with its table") {
  const Schema database = notes();
  const ImportPlan plan =
      planned(database, database, {"users"}, {.protect = {"users.email", "\"notes\".id"}});
  CHECK(in(plan, "users").kept == Names{"email"});
  CHECK(message_of({.protect = {"email"}}, database) ==
        "--protect: 'email' is not a table, a dot and a column");
  CHECK(message_of({.protect = {"users.emial"}}, database) ==
        "--protect: table 'users' has no column 'emial'; did you mean 'email'?");
  CHECK(message_of({.protect = {"usres.email"}}, database).find("users") != std::string::npos);
}

TEST_CASE("what of a file doesn't fit is all found") {
  Schema file = notes();
  Schema database = notes();
  std::erase_if(database.tables, [](const Table& table) { return table.name.name == "log"; });
  Table& users = const_cast<Table&>(named(database, "users"));
  users.columns.push_back(column("name", Family::text));
  ImportFit fit(file, database, database.default_schema, {});
  const FileTable from = from_file(file, "users", {"id", "email", "nick"});
  const FittedTable fitted = fit.fit(from);
  CHECK(fitted.columns == Names{"id", "email"});
  CHECK(fitted.positions == std::vector<std::size_t>{0, 1});
  fit.note_rows(from, fitted, 3);
  fit.fit(from_file(file, "log", {"id", "users_id"}));
  REQUIRE(fit.findings().size() == 3);
  CHECK(fit.findings()[0] == "column users.nick: the database's table has no such column");
  CHECK(fit.findings()[1].starts_with("column users.name: the file has no value for it"));
  CHECK(fit.findings()[2].starts_with("table log: the database has no such table"));
  CHECK(misfit(fit.findings()).kind() == ErrorKind::conflict);
}

TEST_CASE("columns that the database lacks can be left out, and a table without rows needs none") {
  const Schema file = notes();
  Schema database = notes();
  const_cast<Table&>(named(database, "users")).columns.push_back(column("name", Family::text));
  ImportFit fit(file, database, database.default_schema, {.ignore_extra_columns = true});
  const FileTable from = from_file(file, "users", {"nick", "id", "email"});
  const FittedTable fitted = fit.fit(from);
  CHECK(fitted.positions == std::vector<std::size_t>{1, 2});
  fit.note_rows(from, fitted, 0);
  CHECK(fit.findings().empty());
}

TEST_CASE("a table left out of the import is only looked up, whatever it lacks") {
  const Schema file = notes();
  const Schema database = notes();
  ImportFit fit(file, database, database.default_schema, {.include = {"notes"}});
  CHECK_FALSE(fit.fit(from_file(file, "users", {"id", "nick"})).written);
  CHECK(fit.fit(from_file(file, "notes", {"id", "folders_id"})).written);
  CHECK_FALSE(fit.fit(from_file(file, "notes", {"id"}, Section::references)).written);
  CHECK(fit.findings().empty());
}

TEST_CASE("a table that the file doesn't have can't be included or excluded") {
  const Schema database = notes();
  CHECK_THROWS_AS(ImportFit(database, database, database.default_schema, {.include = {"usres"}}),
                  Error);
  CHECK_THROWS_AS(ImportFit(database, database, database.default_schema, {.exclude = {"audit_*"}}),
                  Error);
}
