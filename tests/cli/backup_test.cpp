// dbkeeper backup, list and cleanup, as a user or cron meets them.
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

std::string read_file(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// A database and a folder for its backups, which isn't there yet.
struct Shop {
  Run dbkeeper(Words words, RunOptions options = {}) const {
    words.insert(words.end(), {"--db", database.url(), "--dir", dir().string()});
    return run(std::move(words), std::move(options));
  }
  nlohmann::json result(Words words) const {
    words.push_back("--json");
    const Run done = dbkeeper(std::move(words));
    INFO(done.err << done.out);
    REQUIRE(done.exit == 0);
    return report_of(done)["result"];
  }
  std::string backup(Words words = {}) const {
    words.insert(words.begin(), "backup");
    return result(std::move(words))["file"];
  }
  nlohmann::json list() const { return result({"list"})["backups"]; }
  fs::path dir() const { return folder / "backups"; }
  int mode(const fs::path& path) const {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
  }
  std::size_t files() const {
    return fs::exists(dir())
               ? static_cast<std::size_t>(std::distance(fs::directory_iterator(dir()), {}))
               : 0;
  }

  ScratchFolder folder;
  ScratchSqlite database{fixture("gym.sqlite.sql"), "gym.db"};
};

}  // namespace

TEST_CASE("a backup has its name once it is verified, and is the user's alone") {
  const Shop shop;
  const Run done = shop.dbkeeper({"backup"});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(std::ranges::count(done.out, '\n') == 1);
  CHECK_THAT(done.out, matches(".*/gym_manual_[0-9]{8}T[0-9]{6}Z\\.dbk: [0-9]+ tables, .* rows, "
                               ".*, verified in .* s\n"));
  CHECK(shop.mode(shop.dir()) == 0700);
  const auto backups = shop.list();
  REQUIRE(backups.size() == 1);
  CHECK(shop.mode(backups[0]["file"].get<std::string>()) == 0600);
  CHECK(backups[0]["engine"] == "sqlite");
  CHECK(backups[0]["database"] == "gym");
  CHECK(backups[0]["label"] == "manual");
  CHECK(backups[0]["verified"].is_string());
  CHECK(backups[0]["restored"].is_null());
  CHECK(backups[0]["problem"].is_null());
  CHECK(backups[0]["rows"].get<int>() > 60);
  CHECK(run({"verify", backups[0]["file"].get<std::string>()}).exit == 0);
  CHECK_THAT(shop.dbkeeper({"list"}).out, contains("verified 0 s ago"));
}

TEST_CASE("the report of a backup has rows and digests of every table") {
  const Shop shop;
  const auto result = shop.result({"backup", "--label", "nightly"});
  CHECK(result["tables"]["users"]["rows"] == 4);
  CHECK_THAT(result["tables"]["users"]["digest"].get<std::string>(), contains("xxh3-128:"));
  CHECK(result["verified"] == true);
  CHECK(result["bytes"] == fs::file_size(result["file"].get<std::string>()));
  CHECK(result["data_bytes"].get<std::uint64_t>() > 0);
  CHECK(result["with_json"].is_null());
  CHECK(result["removed"].empty());
}

TEST_CASE("a backup says where the migration tool stood") {
  const ScratchSqlite database(
      "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
      "INSERT INTO alembic_version VALUES ('ae1027a6acf')");
  const ScratchFolder folder;
  const std::string file = (folder / "one.dbk").string();
  REQUIRE(run({"backup", "-o", file, "--db", database.url()}).exit == 0);
  const Run manifest = run({"-xOf", file, "manifest.json"}, {.binary = "/bin/tar"});
  CHECK(nlohmann::json::parse(manifest.out)["schema_version"] ==
        nlohmann::json::parse(R"({"tool": "alembic", "version": "ae1027a6acf"})"));
}

TEST_CASE("an absent folder is an empty list, and needs no database") {
  const ScratchFolder folder;
  const Run done = run({"list", "--json", "--dir", (folder / "absent").string()});
  CHECK(done.exit == 0);
  CHECK(report_of(done)["result"] == nlohmann::json::parse("{\"backups\":[]}"));
  CHECK_FALSE(fs::exists(folder / "absent"));
  CHECK(run({"cleanup", "--dir", (folder / "absent").string()}).exit == 0);
}

TEST_CASE("labels that don't belong in a file's name, or are dbkeeper's own, are refused") {
  const Shop shop;
  for (const char* label : {"", "a b", "a/b", "../x", "-x", ".x", "a\nb", "a'b", "pre-migrate",
                            "pre-restore", "pre-import"}) {
    CAPTURE(label);
    CHECK(shop.dbkeeper({"backup", std::string("--label=") + label}).exit == 2);
  }
  CHECK(shop.files() == 0);
  CHECK_THAT(shop.backup({"--label", "vor_dem_Umzug-2.0"}), contains("gym_vor_dem_Umzug-2.0_2"));
}

TEST_CASE("options that contradict one another are wrong usage") {
  const Shop shop;
  CHECK(shop.dbkeeper({"backup", "-o", "-", "--keep", "3"}).exit == 2);
  CHECK(shop.dbkeeper({"backup", "-o", "-", "--with-json"}).exit == 2);
  CHECK(shop.dbkeeper({"backup", "-o", "-", "--after", "true"}).exit == 2);
  CHECK(shop.dbkeeper({"backup", "--no-verify", "--after", "true"}).exit == 2);
  CHECK(shop.dbkeeper({"cleanup", "--max-age", "soon"}).exit == 2);
  CHECK(shop.dbkeeper({"cleanup", "--keep", "-1"}).exit == 2);
  CHECK(shop.files() == 0);
}

TEST_CASE("a backup through a pipe is whole, and its report is on stderr") {
  const Shop shop;
  const Run done = shop.dbkeeper({"backup", "-o", "-", "--json"});
  CHECK(done.exit == 0);
  const auto report = nlohmann::json::parse(done.err.substr(done.err.find('{')));
  CHECK(report["result"]["file"].is_null());
  CHECK(report["result"]["verified"] == false);
  CHECK(report["result"]["bytes"] == done.out.size());
  const auto file = shop.folder.write("piped.dbk", done.out);
  CHECK(run({"verify", file.string()}).exit == 0);
  CHECK(shop.files() == 0);
}

TEST_CASE("a backup goes into the file that is named, or into a folder") {
  const Shop shop;
  const std::string file = (shop.folder / "mine.dbk").string();
  CHECK(shop.backup({"-o", file}) == file);
  const std::string before = read_file(file);
  const Run refused = shop.dbkeeper({"backup", "-o", file});
  CHECK(refused.exit == 7);
  CHECK_THAT(refused.err, contains(file) && contains("--overwrite"));
  CHECK(read_file(file) == before);
  CHECK(shop.backup({"-o", file, "--overwrite"}) == file);
  CHECK(run({"verify", file}).exit == 0);
  CHECK_THAT(shop.backup({"-o", (shop.folder / "other").string() + "/"}),
             contains("/other/gym_manual_"));
  CHECK(shop.dbkeeper({"backup", "-o", "/no/such/folder/x.dbk"}).exit == 1);
}

TEST_CASE("an export lives beside its backup and goes with it") {
  const Shop shop;
  const auto result = shop.result({"backup", "--with-json"});
  const std::string json = result["with_json"];
  CHECK(json == fs::path(result["file"].get<std::string>()).replace_extension(".json.zst"));
  CHECK(run({"verify", json}).exit == 0);
  CHECK(shop.list()[0]["with_json"] == json);
  shop.backup();
  CHECK(shop.result({"cleanup", "--keep", "1"})["removed"].size() == 1);
  CHECK_FALSE(fs::exists(json));
  CHECK(shop.files() == 2);
}

TEST_CASE("cleanup after a backup is about this database alone") {
  const Shop shop, other;
  for (int i = 0; i < 3; ++i) {
    shop.backup();
    REQUIRE(run({"backup", "--db", other.database.url(), "--dir", shop.dir().string()}).exit == 0);
  }
  const auto result = shop.result({"backup", "--label", "nightly", "--keep", "2"});
  CHECK(result["removed"].size() == 2);
  CHECK(shop.list().size() == 5);
  CHECK(shop.result({"cleanup", "--keep", "1", "--dry-run"})["removed"].empty());
  CHECK(shop.result({"cleanup", "--keep", "1"})["removed"].size() == 3);
}

TEST_CASE("a backup that wasn't verified counts for nothing until it is") {
  const Shop shop;
  const std::string good = shop.backup();
  for (int i = 0; i < 2; ++i)
    REQUIRE(shop.dbkeeper({"backup", "--no-verify", "--keep", "1"}).exit == 0);
  CHECK(shop.result({"cleanup", "--keep", "1"})["removed"].empty());
  CHECK(fs::exists(good));
  CHECK_THAT(shop.dbkeeper({"cleanup", "--keep", "1"}).err, contains("2 backups are not verified"));
  CHECK(shop.result({"cleanup", "--keep", "1", "--verify"})["removed"].size() == 2);
  CHECK_FALSE(fs::exists(good));
}

TEST_CASE("a command runs once the backup is verified, and its failure leaves the backup") {
  const Shop shop;
  const std::string copy = (shop.folder / "a copy").string();
  const std::string file = shop.backup({"--after", "cp {} '" + copy + "'; echo done"});
  CHECK(read_file(copy) == read_file(file));
  const Run failed = shop.dbkeeper({"backup", "--json", "--after", "echo told; exit 7"});
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("told"));
  const auto report = report_of(failed);
  CHECK_THAT(report["error"]["message"].get<std::string>(), contains("status 7"));
  CHECK(fs::exists(report["result"]["file"].get<std::string>()));
  CHECK(shop.list().size() == 2);
}

TEST_CASE("nothing is removed where the command of --after failed") {
  const Shop shop;
  for (int i = 0; i < 2; ++i) shop.backup();
  const Run failed = shop.dbkeeper({"backup", "--keep", "1", "--after", "exit 7"});
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("nothing was cleaned up: the command of --after failed"));
  CHECK(shop.list().size() == 3);
  CHECK(shop.dbkeeper({"backup", "--keep", "1", "--after", "true"}).exit == 0);
  CHECK(shop.list().size() == 1);
}

TEST_CASE("a backup that has changed since it was verified is named by the next one") {
  const Shop shop;
  const std::string file = shop.backup();
  const std::string what = GENERATE("written", "cut");
  if (what == "written")
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
  else
    fs::resize_file(file, fs::file_size(file) / 2);
  const Run next = shop.dbkeeper({"backup", "--keep", "5"});
  CHECK(next.exit == 0);
  CHECK_THAT(next.err, contains(file));
  const Run checked = shop.dbkeeper({"check"});
  CHECK(checked.exit == 0);
  CHECK_THAT(checked.err, contains(file));
  const Run asked = shop.dbkeeper({"check", "--max-backup-age", "26h"});
  CHECK(asked.exit == (what == "cut" ? 6 : 0));
  CHECK_THAT(asked.err + asked.out, contains(file));
}

TEST_CASE("the last backup from before a collapse stays until the collapse is accepted") {
  Shop shop;
  const std::string full = shop.backup();
  shop.database.exec("PRAGMA foreign_keys = OFF; DELETE FROM sets; DELETE FROM sessions;");
  const Run told = shop.dbkeeper({"backup", "--keep", "1"});
  CHECK_THAT(told.err, contains(full + " stays, as the last backup from before that"));
  for (int i = 0; i < 5; ++i) REQUIRE(shop.dbkeeper({"backup", "--keep", "1"}).exit == 0);
  CHECK(fs::exists(full));
  CHECK(shop.list().size() == 2);
  CHECK_THAT(shop.dbkeeper({"cleanup", "--keep", "1", "--dry-run"}).out,
             contains("the last one before the data collapsed"));
  CHECK(shop.result({"cleanup", "--keep", "1", "--accept-collapse"})["removed"].size() == 1);
  CHECK_FALSE(fs::exists(full));
  CHECK_THAT(shop.dbkeeper({"backup"}).err, !contains("warning"));
}

TEST_CASE("the path is quoted for the command, whatever the folder is called") {
  const Shop shop;
  const ScratchFolder folder;
  const std::string dir = (folder / "it's $HOME; a `folder`").string();
  const Run done = run(
      {"backup", "--db", shop.database.url(), "--dir", dir, "--after", "test -s {} && test -f {}"});
  INFO(done.err);
  CHECK(done.exit == 0);
}

TEST_CASE("a collapse of rows is a warning, in JSON too, and no failure") {
  Shop shop;
  shop.backup();
  shop.database.exec("PRAGMA foreign_keys = OFF; DELETE FROM sets; DELETE FROM sessions;");
  const Run done = shop.dbkeeper({"backup", "--json"});
  CHECK(done.exit == 0);
  const auto warnings = report_of(done)["warnings"].dump();
  CHECK_THAT(warnings, contains("the number of rows is") && contains("the table 'sets' is empty"));
  CHECK(report_of(shop.dbkeeper({"backup", "--json"}))["result"]["verified"] == true);
}

TEST_CASE("an empty database is backed up only if that is meant") {
  const ScratchSqlite empty("PRAGMA user_version = 1;");
  const ScratchFolder folder;
  const Words words = {"backup", "--db", empty.url(), "--dir", (folder / "b").string()};
  CHECK(run(words).exit == 1);
  Words meant = words;
  meant.push_back("--allow-empty");
  CHECK(run(meant).exit == 0);
}

TEST_CASE("foreign, damaged and unfinished files stop neither list nor cleanup") {
  const Shop shop;
  std::string good;
  for (int i = 0; i < 3; ++i) good = shop.backup();
  const std::string bytes = read_file(good);
  std::ofstream(shop.dir() / "gym_manual_20200101T000000Z.dbk") << bytes.substr(0, 2000);
  std::ofstream(shop.dir() / "notes.dbk") << "mine";
  std::ofstream(shop.dir() / "notes.txt") << "mine";
  std::ofstream(shop.dir() / ".gym_manual_20200101T000000Z.dbk.1.part") << "half";
  CHECK(shop.list().size() == 5);
  const Run done = shop.dbkeeper({"cleanup", "--keep", "1", "--json"});
  CHECK(done.exit == 0);
  CHECK(report_of(done)["result"]["removed"].size() == 2);
  CHECK(report_of(done)["warnings"].size() == 2);
  CHECK(fs::exists(good));
  CHECK(fs::exists(shop.dir() / "notes.dbk"));
  CHECK(fs::exists(shop.dir() / "notes.txt"));
  CHECK(fs::exists(shop.dir() / "gym_manual_20200101T000000Z.dbk"));
}

TEST_CASE("exports are cleaned up by the same rules, and backups then are not") {
  const Shop shop;
  shop.backup();
  for (int i = 0; i < 3; ++i)
    REQUIRE(shop.dbkeeper({"export", "-o", shop.dir().string() + "/"}).exit == 0);
  std::ofstream(shop.dir() / "other_export_20200101T000000Z.json") << "{}";
  CHECK(shop.result({"cleanup", "--exports", "--keep", "1", "--dry-run"})["removed"].empty());
  const auto result = shop.result({"cleanup", "--exports", "--keep", "1"});
  CHECK(result["files"].size() == 4);
  CHECK(result["removed"].size() == 2);
  CHECK(shop.list().size() == 1);
  CHECK(fs::exists(shop.dir() / "other_export_20200101T000000Z.json"));
}

TEST_CASE("a dry run shows each file with the rule that decides") {
  const Shop shop;
  for (int i = 0; i < 3; ++i) shop.backup();
  const Run done = shop.dbkeeper({"cleanup", "--keep", "2", "--dry-run"});
  CHECK(done.exit == 0);
  CHECK_THAT(done.out, contains("1 of 3 backups would be removed") &&
                           contains("keep    number 1 of the 2 newest") &&
                           contains("remove  no rule keeps it: 2 newest"));
  CHECK(shop.list().size() == 3);
}

TEST_CASE("a backup that is killed leaves no file, and the next one works") {
  Shop shop;
  shop.database.exec(
      "CREATE TABLE big(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < "
      "30000) INSERT INTO big SELECT randomblob(1000) FROM n;");
  for (const int patience : {5, 20, 60, 150}) {
    Running backup({"backup", "--db", shop.database.url(), "--dir", shop.dir().string()});
    std::this_thread::sleep_for(std::chrono::milliseconds(patience));
    backup.signal(SIGKILL);
    backup.wait();
    for (const auto& one : shop.list()) CHECK(one["problem"].is_null());
  }
  CHECK(run({"verify", shop.backup()}).exit == 0);
}

TEST_CASE("a pg_dump for which no lock is left names the setting and a value") {
  const ScratchPostgres database("CREATE TABLE t AS SELECT 1 AS a");
  const ScratchFolder folder;
  const fs::path program = folder.write(
      "bin/pg_dump",
      "#!/bin/sh\n[ \"$1\" = --version ] && exec " + (postgres_programs() / "pg_dump").string() +
          " --version\n"
          "echo 'pg_dump: error: query failed: ERROR:  out of shared memory' >&2\n"
          "echo 'HINT:  You might need to increase max_locks_per_transaction.' >&2\nexit 1\n");
  fs::permissions(program, fs::perms::owner_all);
  const Run failed = run({"backup", "--db", database.url(), "--dir", (folder / "backups").string()},
                         {.env = {{"PATH", program.parent_path().string() + ":/usr/bin:/bin"}}});
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("out of shared memory") &&
                             contains("max_locks_per_transaction is 64") &&
                             contains("set max_locks_per_transaction to 256"));
}
