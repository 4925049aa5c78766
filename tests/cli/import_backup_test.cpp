// dbkeeper import of a backup: rows brought back from last night's, into either engine.
#include <filesystem>

#include "cli/across_engines.h"
#include "support/backup_files.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

std::string backed_up(const AnyDatabase& database, const ScratchFolder& folder, Words words = {}) {
  words.insert(words.begin(), {"backup", "--json", "--db", database.url(), "--dir",
                               (folder / "backups").string()});
  const Run made = run(words);
  INFO(made.err << made.out);
  REQUIRE(made.exit == 0);
  return report_of(made)["result"]["file"];
}

nlohmann::json of_table(const nlohmann::json& result, const char* table) {
  return result["tables"][table];
}

// The library as both engines have it.
constexpr const char* kBooks = "SELECT id, isbn, title FROM books ORDER BY id";

}  // namespace

TEST_CASE("rows deleted since last night come back from the backup, and nothing else changes") {
  for (const Engine engine : kEngines) {
    CAPTURE(static_cast<int>(engine));
    const ScratchFolder folder;
    const DatabasePtr database = old_library(engine);
    const std::string before = rows_of(*database);
    const std::string file = backed_up(*database, folder);
    database->exec("DELETE FROM loans WHERE pages > 20; DELETE FROM logins");
    const auto result = imported(*database, {file, "--include", "loans", "--mode", "skip"});
    CHECK(of_table(result, "loans")["inserted"] == 2);
    CHECK(of_table(result, "loans")["skipped"] == 3);
    CHECK(database->query("SELECT count(*) FROM logins") == "0");
    imported(*database, {file});
    CHECK(rows_of(*database) == before);
  }
}

TEST_CASE("changed rows are put back from a backup, plain or portable, in every mode") {
  for (const Engine engine : kEngines)
    for (const Words& how : {Words{}, Words{"--portable"}})
      for (const Words& mode : {Words{"merge"}, Words{"clean", "--yes"}}) {
        const ScratchFolder folder;
        const DatabasePtr database = old_library(engine);
        const std::string before = rows_of(*database);
        const std::string file = backed_up(*database, folder, how);
        database->exec("UPDATE members SET name = 'X', password = '' WHERE id < 3");
        Words words{file, "--mode"};
        words.insert(words.end(), mode.begin(), mode.end());
        imported(*database, words);
        CHECK(rows_of(*database) == before);
        const auto again = imported(*database, {file, "--mode", "merge"});
        CHECK(again["total"]["updated"] == 0);
        CHECK(again["total"]["inserted"] == 0);
      }
}

TEST_CASE("a backup's rows find their places in a database that was seeded anew") {
  for (const Engine from : kEngines)
    for (const Engine to : kEngines) {
      CAPTURE(static_cast<int>(from), static_cast<int>(to));
      const ScratchFolder folder;
      const std::string file = backed_up(*old_library(from), folder);
      const DatabasePtr target = reseeded_library(to);
      imported(*target, {file});
      CHECK(target->query("SELECT m.email, b.isbn, l.pages FROM loans l"
                          " JOIN books b ON b.id = l.book_id JOIN shelves s ON s.id = l.shelf_id"
                          " JOIN members m ON m.id = s.member_id ORDER BY 1, 2, 3") ==
            "ada@x|111|10\nada@x|333|30\nben@x|222|20\ncleo@x|333|33");
    }
}

TEST_CASE("a backup goes into the other engine as an export of the same database does") {
  for (const Engine from : kEngines) {
    const Engine to = from == Engine::sqlite ? Engine::postgres : Engine::sqlite;
    const ScratchFolder folder;
    const DatabasePtr source = old_library(from);
    const DatabasePtr by_backup = make_database(to, kLibrary),
                      by_export = make_database(to, kLibrary);
    imported(*by_backup, {backed_up(*source, folder)});
    imported(*by_export, {exported(*source, folder)});
    CHECK(rows_of(*by_backup) == rows_of(*by_export));
    CHECK(by_backup->query(kReading) == kReadingOfOldRows);
  }
}

TEST_CASE("a backup of PostgreSQL goes into SQLite where there is no server at all") {
  const ScratchFolder folder;
  std::string file;
  {
    const DatabasePtr source = old_library(Engine::postgres);
    file = backed_up(*source, folder);
  }
  const DatabasePtr target = make_database(Engine::sqlite, kLibrary);
  imported(*target, {file}, {.env = {{"PGHOST", "/nowhere"}, {"PGPORT", "1"}}});
  CHECK(target->query(kBooks) == "1|111|Emma\n2|222|Ulysses\n3|333|Momo");
  CHECK(target->query(kReading) == kReadingOfOldRows);
}

TEST_CASE("a backup of PostgreSQL is read where it lies, without room for an export of it") {
  const ScratchFolder folder;
  const DatabasePtr source = old_library(Engine::postgres);
  const std::string file = backed_up(*source, folder);
  source->exec("DELETE FROM logins");
  imported(*source, {file, "--include", "logins"}, {.env = {{"TMPDIR", "/nowhere"}}});
  CHECK(source->query("SELECT member_id, at FROM logins") == "1|noon");
}

TEST_CASE("rows of partitions come back through the table that they are parts of") {
  const ScratchFolder folder;
  const DatabasePtr source = make_database(
      Engine::postgres,
      "CREATE TABLE e (id int, at date, label text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
      "CREATE TABLE e_25 PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
      "CREATE TABLE e_rest (label text, at date NOT NULL, id int NOT NULL);"
      "ALTER TABLE e ATTACH PARTITION e_rest DEFAULT;"
      "INSERT INTO e VALUES (1, '2025-05-05', 'a'), (2, '2031-01-01', 'b')");
  const std::string file = backed_up(*source, folder);
  source->exec("DELETE FROM e WHERE id = 2");
  const auto result = imported(*source, {file});
  CHECK(of_table(result, "e")["inserted"] == 1);
  CHECK_FALSE(result["tables"].contains("e_rest"));
  CHECK(source->query("SELECT id, label, at FROM e_rest") == "2|b|2031-01-01");
}

TEST_CASE("a backup's history tables stay out of an import, and another version is told") {
  const ScratchFolder folder;
  const DatabasePtr source = old_library(Engine::postgres);
  source->exec(
      "CREATE TABLE alembic_version (version_num text PRIMARY KEY);"
      "INSERT INTO alembic_version VALUES ('aaaa')");
  const std::string file = backed_up(*source, folder);
  source->exec("UPDATE alembic_version SET version_num = 'bbbb'");
  const Run run = import_into(*source, {file, "--json"});
  INFO(run.err);
  REQUIRE(run.exit == 0);
  const auto report = report_of(run);
  CHECK_FALSE(report["result"]["tables"].contains("alembic_version"));
  CHECK(report["warnings"].dump().find("aaaa") != std::string::npos);
  CHECK(source->query("SELECT version_num FROM alembic_version") == "bbbb");
}

TEST_CASE("a damaged backup is found before an import touches anything") {
  void (*const damages[])(const fs::path&) = {
      flip_a_bit, [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) - 700); },
      [](const fs::path& file) { fs::resize_file(file, 0); }};
  for (const Engine engine : kEngines)
    for (const auto damage : damages) {
      const ScratchFolder folder;
      const DatabasePtr database = old_library(engine);
      const std::string file = backed_up(*database, folder);
      database->exec("DELETE FROM logins");
      const std::string before = rows_of(*database);
      damage(file);
      CHECK(import_into(*database, {file}).exit == 4);
      CHECK(import_into(*database, {file, "--mode", "clean", "--yes"}).exit == 4);
      CHECK(rows_of(*database) == before);
    }
}

TEST_CASE("a backup that comes through a pipe is refused with the way out") {
  const ScratchFolder folder;
  const DatabasePtr database = old_library(Engine::sqlite);
  const std::string file = backed_up(*database, folder);
  const Run piped = import_into(*database, {"-"}, {.input = content_of(file)});
  CHECK(piped.exit == 4);
  CHECK(piped.err.find("from a file") != std::string::npos);
}
