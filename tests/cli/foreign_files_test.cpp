// Files that people have and that other programs take: which one is told.
#include <filesystem>

#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTable = "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);";

constexpr const char* kCityForge =
    R"({"export_metadata": {"timestamp": "2026-01-02T03:04:05", "version": "1.0",)"
    R"( "database": "postgresql"}, "data": {"User": [{"id": 1}]}, "relationships": {}})";
constexpr const char* kDjango =
    R"([{"model": "auth.user", "pk": 1, "fields": {"username": "ann"}}])";
constexpr const char* kDjangoIndented =
    "[\n{\n  \"model\": \"shop.order\",\n  \"fields\": {\n    \"total\": 1\n  }\n}\n]\n";

// The files as they stand in a folder, and a database that none of them may touch.
struct Desk {
  std::string refused(std::vector<std::string> words, RunOptions options = {}) {
    words.insert(words.end(), {"--db", database.path().string(), "--yes", "--dir",
                               (folder / "backups").string()});
    options.cwd = folder.path();
    const Run result = run(words, options);
    CAPTURE(words);
    CHECK(result.exit == 4);
    CHECK(database.query("SELECT count(*) FROM t") == "1");
    return result.err;
  }
  void shell(const std::string& script) {
    const Run result = run({"-c", script}, {.cwd = folder.path(), .binary = "/bin/bash"});
    INFO(result.err);
    REQUIRE(result.exit == 0);
  }

  ScratchFolder folder;
  ScratchSqlite database{kTable};
};

}  // namespace

TEST_CASE("a dump of pg_dump's is left to the program that takes it") {
  Desk desk;
  const ScratchPostgres source("CREATE TABLE t(id int)");
  const std::string dump =
      (postgres_programs() / "pg_dump").string() + " -d '" + source.url() + "'";
  desk.shell(dump + " > dump.sql; zstd -q dump.sql; gzip -k dump.sql");
  desk.shell(dump + " -Fc > dump.custom; " + dump + " -Ft > dump.tar; " + dump + " -Fd -f dump.d");
  for (const std::string command : {"restore", "import", "verify"}) {
    for (const std::string file : {"dump.sql", "dump.sql.zst"})
      CHECK_THAT(desk.refused({command, file}),
                 contains("it is an SQL dump of pg_dump's") && contains("psql runs it") &&
                     contains("dbkeeper migrate -- psql -X -1 -v ON_ERROR_STOP=1 -f "));
    CHECK_THAT(desk.refused({command, "dump.sql.gz"}),
               contains("compressed by gzip") && contains("gunzip -k "));
    for (const std::string file : {"dump.custom", "dump.tar"})
      CHECK_THAT(desk.refused({command, file}),
                 contains("dump of pg_dump's") && contains("pg_restore takes it"));
  }
  CHECK_THAT(desk.refused({"restore", "dump.d"}), contains("pg_restore takes it"));
  CHECK_THAT(desk.refused({"restore", "dump.sql"}), contains("-f dump.sql '{url}'"));
}

TEST_CASE("a restore names the command that takes exports and SQLite files") {
  Desk desk;
  REQUIRE(run({"export", "-o", (desk.folder / "x.json").string(), "--db",
               desk.database.path().string()})
              .exit == 0);
  desk.shell("zstd -q x.json");
  for (const std::string file : {"x.json", "x.json.zst"})
    CHECK_THAT(desk.refused({"restore", file}),
               contains("it is an export, which has rows and no schema") &&
                   contains("dbkeeper import " + file));
  const std::string path = desk.database.path().string();
  CHECK_THAT(desk.refused({"restore", path}), contains("it is an SQLite database") &&
                                                  contains("dbkeeper backup --db " + path) &&
                                                  contains("dbkeeper import " + path));
}

TEST_CASE("other scripts and archives are named as what they are") {
  Desk desk;
  desk.folder.write("lite.sql", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCOMMIT;\n");
  desk.folder.write("my.sql",
                    "-- MySQL dump 10.13  Distrib 8.0\n--\nCREATE TABLE `t` (`id` int);\n");
  desk.folder.write("seed.sql", "-- seeds\n\nINSERT INTO t VALUES (2);\n");
  for (const std::string command : {"restore", "import"}) {
    CHECK_THAT(desk.refused({command, "lite.sql"}), contains("sqlite3 new.db < "));
    CHECK_THAT(desk.refused({command, "my.sql"}), contains("MySQL"));
    CHECK_THAT(desk.refused({command, "seed.sql"}), contains("it is an SQL script"));
  }
}

TEST_CASE("a fixture of Django's is left to loaddata") {
  Desk desk;
  desk.folder.write("a.json", kDjango);
  desk.folder.write("b.json", kDjangoIndented);
  desk.folder.write("c.jsonl", R"({"model": "auth.user", "pk": 1, "fields": {}})"
                               "\n");
  desk.shell("zstd -q a.json");
  for (const std::string file : {"a.json", "b.json", "c.jsonl", "a.json.zst"})
    CHECK_THAT(desk.refused({"import", file}),
               contains("a fixture of Django's dumpdata") && contains("while: reading " + file) &&
                   contains("dbkeeper migrate -- python manage.py loaddata"));
  CHECK_THAT(desk.refused({"import", "-"}, {.input = kDjango}), contains("loaddata"));
}

TEST_CASE("an export of CityForge's own script is left to that script") {
  Desk desk;
  desk.folder.write("a.json", kCityForge);
  CHECK_THAT(desk.refused({"import", "a.json"}),
             contains("CityForge's export_data.py") && contains("while: reading a.json") &&
                 contains("dbkeeper migrate -- python import_data.py --input FILE"));
}
