// dbkeeper diff and inspect with backups.
#include "cli/import_databases.h"
#include "support/backup_files.h"

using namespace dbkeeper::testing;

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

}  // namespace

TEST_CASE("a backup and its database are equal until the database changes") {
  for (const Engine engine : kEngines)
    for (const Words& how : {Words{}, Words{"--portable"}}) {
      const ScratchFolder folder;
      const DatabasePtr database = old_library(engine);
      const std::string file = backed_up(*database, folder, how);
      const Run same = run({"diff", file, "--db", database->url()});
      INFO(same.out << same.err);
      CHECK(same.exit == 0);
      CHECK(same.out.find("a backup of 20") != std::string::npos);
      database->exec(
          "UPDATE books SET title = 'Dune' WHERE id = 2; DELETE FROM loans WHERE id = 1");
      const Run other = run({"diff", file, database->url(), "--json"});
      CHECK(other.exit == 6);
      const auto result = report_of(other)["result"];
      CHECK(result["a"]["kind"] == "backup");
      CHECK(result["a"]["backed_up_at"].is_string());
      CHECK(result["tables"]["books"]["rows"]["first_changed"][0]["key"]["id"] == 2);
      CHECK(result["tables"]["loans"]["rows"]["only_a"] == 1);
      CHECK(result["tables"]["members"]["equal"] == true);
    }
}

TEST_CASE("two backups, and a backup and an export, are compared as well") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const DatabasePtr database = old_library(engine);
    const std::string first = backed_up(*database, folder), document = exported(*database, folder);
    CHECK(run({"diff", first, document}).exit == 0);
    database->exec("INSERT INTO books(isbn, title) VALUES ('444', 'Dune')");
    const std::string second = backed_up(*database, folder, {"--portable"});
    CHECK(run({"diff", first, second}).exit == 6);
    CHECK(run({"diff", second, document}).exit == 6);
    CHECK(run({"diff", second, document, "--exclude", "books"}).exit == 0);
  }
}

TEST_CASE("a damaged backup is compared with nothing") {
  const ScratchFolder folder;
  const DatabasePtr database = old_library(Engine::sqlite);
  const std::string file = backed_up(*database, folder);
  flip_a_bit(file);
  CHECK(run({"diff", file, "--db", database->url()}).exit == 4);
  CHECK(run({"inspect", file}).exit == 4);
}

TEST_CASE("inspecting a backup tells tables, keys and exact rows without a server") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    std::string file;
    {
      const DatabasePtr database = old_library(engine);
      file = backed_up(*database, folder);
    }
    const Run shown = run({"inspect", file});
    INFO(shown.out << shown.err);
    CHECK(shown.exit == 0);
    CHECK(shown.out.find("a backup of 20") != std::string::npos);
    CHECK(shown.out.find("15 rows") != std::string::npos);
    const auto result = report_of(run({"inspect", file, "--json"}))["result"];
    CHECK(result["rows"] == 15);
    CHECK(result["rows_exact"] == true);
    CHECK(result["backed_up_at"].is_string());
    CHECK(result["tables"][0]["name"] == "books");
    CHECK(result["tables"][0]["unique"][0]["natural"] == true);
  }
}
