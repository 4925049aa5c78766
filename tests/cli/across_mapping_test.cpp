// Every line of docs/type-mapping.md from a real database into a real database.
#include <sstream>

#include "cli/import_databases.h"
#include "support/type_mapping.h"

using namespace dbkeeper::testing;

namespace {

constexpr const char* kMood = "CREATE TYPE mood AS ENUM ('sad', 'glad');";

std::string table_of(const MappingExample& example) { return "t" + std::to_string(example.line); }

// A table for each example, with its value or without.
std::string postgres_tables(const std::vector<MappingExample>& examples, bool with_values) {
  std::string sql = kMood;
  for (const MappingExample& example : examples) {
    const std::string& type = with_values ? example.from : example.into;
    sql += "CREATE TABLE " + table_of(example) + "(id int PRIMARY KEY, v " + type + ");";
    if (with_values)
      sql += "INSERT INTO " + table_of(example) + " VALUES (1, '" + example.value + "');";
  }
  return sql;
}

std::string sqlite_tables(const std::vector<MappingExample>& examples, bool with_values) {
  std::string sql = "BEGIN;";
  for (const MappingExample& example : examples) {
    const std::string& type = with_values ? example.from : example.into;
    sql += "CREATE TABLE " + table_of(example) + "(id INTEGER PRIMARY KEY, v " + type + ");";
    if (with_values)
      sql += "INSERT INTO " + table_of(example) + " VALUES (1, " + example.value + ");";
  }
  return sql + "COMMIT";
}

// Those that arrive, or those that are refused.
std::vector<MappingExample> examples(Direction direction, bool refused) {
  std::vector<MappingExample> out;
  for (MappingExample& example : mapping_examples(direction))
    if (example.refused.empty() != refused) out.push_back(std::move(example));
  return out;
}

// The finding of an example in what an import has said, without the value; empty if there is none.
std::string finding_of(const MappingExample& example, const std::string& err) {
  std::istringstream lines(err);
  const std::string begin = "column " + table_of(example) + ".v, row id 1: ";
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t at = line.find(begin); at != std::string::npos)
      return line.substr(at + begin.size());
  return {};
}

void check_refused(const std::vector<MappingExample>& all, const Run& result) {
  CHECK(result.exit == 5);
  for (const MappingExample& example : all) {
    CAPTURE(example.line, result.err);
    CHECK(finding_of(example, result.err).ends_with(" " + example.refused));
  }
}

}  // namespace

TEST_CASE("each example from SQLite arrives in PostgreSQL as the manual says") {
  const auto all = examples(Direction::into_postgres, false);
  const ScratchSqlite from(sqlite_tables(all, true));
  ScratchPostgres into(postgres_tables(all, false));
  const Run result = run({"import", from.path().string(), "--db", into.url()});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  for (const MappingExample& example : all) {
    CAPTURE(example.line);
    CHECK(into.query("SET TimeZone = 'UTC'; SELECT v FROM " + table_of(example)) ==
          example.arrives);
  }
}

TEST_CASE("each example from PostgreSQL arrives in SQLite as the manual says") {
  const auto all = examples(Direction::into_sqlite, false);
  const ScratchFolder folder;
  const std::string file = (folder / "e.json").string();
  const ScratchPostgres from(postgres_tables(all, true));
  ScratchSqlite into(sqlite_tables(all, false));
  REQUIRE(run({"export", "-o", file, "--db", from.url()}).exit == 0);
  const Run result = run({"import", file, "--db", into.url()});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  for (const MappingExample& example : all) {
    CAPTURE(example.line);
    CHECK(into.query("SELECT quote(v) FROM " + table_of(example)) == example.arrives);
  }
}

TEST_CASE("what the manual says is refused is told all at once, and nothing is written") {
  const ScratchFolder folder;
  SECTION("into PostgreSQL") {
    const auto all = examples(Direction::into_postgres, true);
    const ScratchSqlite from(sqlite_tables(all, true));
    ScratchPostgres into(postgres_tables(all, false));
    check_refused(all, run({"import", from.path().string(), "--db", into.url()}));
    for (const MappingExample& example : all)
      CHECK(into.query("SELECT count(*) FROM " + table_of(example)) == "0");
  }
  SECTION("into SQLite") {
    const auto all = examples(Direction::into_sqlite, true);
    const std::string file = (folder / "e.json").string();
    const ScratchPostgres from(postgres_tables(all, true));
    ScratchSqlite into(sqlite_tables(all, false));
    REQUIRE(run({"export", "-o", file, "--db", from.url()}).exit == 0);
    check_refused(all, run({"import", file, "--db", into.url()}));
    for (const MappingExample& example : all)
      CHECK(into.query("SELECT count(*) FROM " + table_of(example)) == "0");
  }
}
