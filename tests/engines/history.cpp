// The history tables of migration tools, as the tools make them, on both engines.
#include "dbkeeper/core/history.h"

#include <map>

#include "dbkeeper/core/inspect.h"
#include "support/catch.h"
#include "support/fixtures.h"
#include "support/open.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// The one tool with versions that a fixture's database has.
MigrationState state_of(const std::string& url) {
  const auto database = open(url);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const auto states = migration_states(*snapshot, schema);
  REQUIRE(states.size() == 1);
  for (const Table& table : schema.tables) CHECK(history_tool(schema, table) == states[0].tool);
  return states[0];
}

template <class Scratch>
MigrationState state_in(const std::string& name, const std::string& engine) {
  Scratch scratch(
      fixture("migration_tools/" + name + (engine.empty() ? "" : "." + engine) + ".sql"));
  return state_of(scratch.url());
}

}  // namespace

TEST_CASE("every migration tool is known by its history table, with its version") {
  const std::map<std::string, std::string> expected = {
      {"alembic", "1975ea83b712, ae1027a6acf3"},     {"dbmate", "20250203113000"},
      {"django", "shop.0002_order_total"},           {"flyway", "1.10"},
      {"golang_migrate", "20250203113000"},          {"goose", "20250203113000"},
      {"knex", "20250203113000_add_orders.js"},      {"liquibase", "add-total"},
      {"prisma", "20250203113000_add_body_metrics"}, {"rails", "20250203113000"},
      {"sequelize", "20250203113000-add-orders.js"}, {"typeorm", "AddOrders1738582200000"}};
  for (const auto& [name, version] : expected) {
    CAPTURE(name);
    for (const MigrationState& state :
         {state_in<ScratchSqlite>(name, "sqlite"), state_in<ScratchPostgres>(name, "postgres")}) {
      CHECK(state.version == version);
      CHECK(state.failed.empty());
      CHECK(state.tool == (name == "golang_migrate" ? "golang-migrate" : name));
    }
  }
}

TEST_CASE("tools whose tables are made alike on both engines are known as well") {
  const std::map<std::string, std::pair<std::string, std::string>> expected = {
      {"atlas", {"atlas", "20250203113000"}},
      {"db_migrate", {"db-migrate", "/20250203113000-add-orders"}},
      {"diesel", {"diesel", "20250203113000"}},
      {"doctrine", {"doctrine", "DoctrineMigrations\\Version20250203113000"}},
      {"ecto", {"ecto", "20250203113000"}},
      {"ef_core", {"ef-core", "20250203113000_AddOrders"}},
      {"flyway_4", {"flyway", "1.10"}},
      {"kysely", {"kysely", "2025-02-03-add-orders"}},
      {"laravel", {"laravel", "2025_02_03_113000_add_orders"}},
      {"mikro_orm", {"mikro-orm", "Migration20250203113000"}},
      {"node_pg_migrate", {"node-pg-migrate", "1738582200000_add-orders"}},
      {"refinery", {"refinery", "2"}},
      {"yoyo", {"yoyo", "0002.add-orders"}}};
  for (const auto& [name, is] : expected) {
    CAPTURE(name);
    for (const MigrationState& state :
         {state_in<ScratchSqlite>(name, ""), state_in<ScratchPostgres>(name, "")}) {
      CHECK(state.tool == is.first);
      CHECK(state.version == is.second);
      CHECK(state.failed.empty());
    }
  }
}

TEST_CASE("tools that keep their history in a schema of their own are known there") {
  CHECK(state_in<ScratchPostgres>("drizzle", "postgres").version == "0b7c");
  CHECK(state_in<ScratchSqlite>("drizzle", "sqlite").version == "0b7c");
  CHECK(state_in<ScratchPostgres>("sqitch", "postgres").version == "add_orders");
  CHECK(state_in<ScratchSqlite>("sqitch", "sqlite").version == "add_orders");
  CHECK(state_in<ScratchPostgres>("sqlx", "postgres").version == "20250203113000");
  CHECK(state_in<ScratchSqlite>("sqlx", "sqlite").version == "20250203113000");
  CHECK(state_in<ScratchPostgres>("tern", "postgres").version == "7");
}

TEST_CASE("an application's own tables of such names are no history") {
  const auto tools = [](const std::string& sql) {
    const ScratchSqlite scratch(sql);
    const auto snapshot = open(scratch.url())->snapshot();
    const Schema schema = snapshot->schema();
    std::string out;
    for (const Table& table : schema.tables) out += history_tool(schema, table);
    return out;
  };
  CHECK(tools("CREATE TABLE events(id INTEGER PRIMARY KEY, event TEXT, project TEXT, tags TEXT);"
              "CREATE TABLE projects(project TEXT PRIMARY KEY, uri TEXT, created_at TEXT);"
              "CREATE TABLE changes(change_id INTEGER PRIMARY KEY, change TEXT, project TEXT);"
              "CREATE TABLE tags(tag_id INTEGER PRIMARY KEY, tag TEXT);"
              "CREATE TABLE releases(version TEXT PRIMARY KEY, installed_at TEXT);"
              "CREATE TABLE dependencies(change_id INTEGER, dependency TEXT);"
              "CREATE TABLE migrations(id INTEGER PRIMARY KEY, name TEXT, run_on TEXT, herd TEXT);"
              "CREATE TABLE schema_version(version INTEGER)")
            .empty());
}

TEST_CASE("a migration of Atlas that stopped half way is told") {
  ScratchSqlite atlas(fixture("migration_tools/atlas.sql"));
  atlas.exec(
      "UPDATE atlas_schema_revisions SET error = 'syntax error' WHERE description <> 'init'");
  CHECK(state_of(atlas.url()).failed == "20250203113000");
  CHECK(state_of(atlas.url()).version == "20250102100000");
}

TEST_CASE("a migration that began and did not finish is told") {
  ScratchSqlite prisma(fixture("migration_tools/prisma.sqlite.sql"));
  prisma.exec(
      "INSERT INTO _prisma_migrations(id, checksum, migration_name, started_at, "
      "applied_steps_count) VALUES('x', 'c', '20991231000000_half', '2099-12-31 00:00:00', 0)");
  CHECK(state_of(prisma.url()).failed == "20991231000000_half");

  ScratchSqlite golang(fixture("migration_tools/golang_migrate.sqlite.sql"));
  golang.exec("UPDATE schema_migrations SET dirty = 1");
  CHECK_FALSE(state_of(golang.url()).failed.empty());
}

TEST_CASE("a goose migration that was taken back doesn't count") {
  ScratchSqlite goose(fixture("migration_tools/goose.sqlite.sql"));
  const std::string before = state_of(goose.url()).version;
  goose.exec(
      "INSERT INTO goose_db_version(version_id, is_applied) SELECT max(version_id), 0 "
      "FROM goose_db_version");
  CHECK(state_of(goose.url()).version < before);
}

TEST_CASE("an application's own table called migrations is no history") {
  ScratchSqlite birds("CREATE TABLE migrations(id INTEGER PRIMARY KEY, species TEXT, route TEXT)");
  const auto snapshot = open(birds.url())->snapshot();
  CHECK(migration_states(*snapshot, snapshot->schema()).empty());
}

TEST_CASE("two Alembic heads are both named") {
  ScratchSqlite branches(
      "CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
      "INSERT INTO alembic_version VALUES('bbb'), ('aaa')");
  CHECK(state_of(branches.url()).version == "aaa, bbb");
}
