// dbkeeper restore, as a user meets it.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "cli/json.h"
#include "cli/notes.h"
#include "support/backups.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/seed.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

void drop_put_aside(const Run& restored) {
  const auto aside = report_of(restored)["result"]["put_aside"];
  if (!aside.is_string()) return;
  ScratchPostgres other;
  other.exec("DROP DATABASE IF EXISTS " + aside.get<std::string>());
}

}  // namespace

TEMPLATE_TEST_CASE("a restore brings back what a backup has, once it is agreed to", "",
                   ScratchSqlite, ScratchPostgres) {
  Changed<TestType> shop;
  REQUIRE(shop.rows() == kAfter);
  SECTION("not without an answer") {
    const Run asked = shop.restore({shop.file});
    CHECK(asked.exit == 7);
    CHECK(shop.rows() == kAfter);
  }
  SECTION("not with another word") {
    CHECK(shop.restore({shop.file, "--confirm", "something"}).exit == 7);
    CHECK(shop.rows() == kAfter);
  }
  SECTION("with the file, by its name in the folder") {
    const Run done = shop.restore({fs::path(shop.file).filename().string(), "--yes", "--json"});
    INFO(done.err << done.out);
    REQUIRE(done.exit == 0);
    CHECK(shop.rows() == kBefore);
    const auto result = report_of(done)["result"];
    CHECK(result["rows"] == 2);
    CHECK(result["put_aside"].is_string() != result["safety_backup"].is_string());
    drop_put_aside(done);
  }
  SECTION("with the newest") {
    const std::string proof = shop.file + ".proof";
    fs::remove(proof);
    const Run done = shop.restore({"--latest", "--yes", "--json"});
    INFO(done.err << done.out);
    REQUIRE(done.exit == 0);
    CHECK(shop.rows() == kBefore);
    CHECK(fs::exists(proof));  // all of it was read and compared
    drop_put_aside(done);
  }
}

TEMPLATE_TEST_CASE("a damaged backup is found before anything is touched", "", ScratchSqlite,
                   ScratchPostgres) {
  Changed<TestType> shop;
  {
    std::fstream file(shop.file, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(fs::file_size(shop.file) / 2));
    file.put('\x55');
    file.put('\xaa');
  }
  CHECK(shop.restore({shop.file, "--yes"}).exit == 4);
  CHECK(shop.restore({"--latest", "--yes"}).exit == 2);
  CHECK(shop.rows() == kAfter);
}

TEST_CASE("without a file a restore shows what there is, and takes none of it") {
  Changed<ScratchSqlite> shop;
  const Run asked = shop.restore({});
  CHECK(asked.exit == 2);
  CHECK(asked.err.find(fs::path(shop.file).filename().string()) != std::string::npos);
  const Run list = shop.restore({"--list"});
  CHECK(list.exit == 0);
  CHECK(list.out.find(fs::path(shop.file).filename().string()) != std::string::npos);
  CHECK(shop.restore({shop.file, "--latest"}).exit == 2);
}

TEST_CASE("a backup isn't read from a pipe") {
  Changed<ScratchSqlite> shop;
  std::ifstream file(shop.file, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  const Run refused = shop.restore({"-", "--yes"}, {.input = content});
  CHECK(refused.exit == 4);
  CHECK(refused.err.find("not from a pipe") != std::string::npos);
  CHECK(shop.rows() == kAfter);
}

TEST_CASE("a backup of one engine is no backup for another") {
  Changed<ScratchSqlite> shop;
  ScratchPostgres other(kNotes);
  const Run refused = shop.restore({shop.file, "--yes", "--to", other.url()});
  CHECK(refused.exit == 2);
  CHECK(refused.err.find("sqlite") != std::string::npos);
}

TEST_CASE("what is gone comes back under its name") {
  Changed<ScratchSqlite> shop;
  const auto path = shop.database.path();
  fs::remove(path);
  const Run done = shop.restore({"--latest", "--yes"});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(shop.rows() == kBefore);
}

namespace {

// The same backup, made when the clock was ahead.
fs::path made_in_2099(const fs::path& backup) {
  std::ifstream in(backup, std::ios::binary);
  const std::string archive{std::istreambuf_iterator<char>(in), {}};
  auto manifest = nlohmann::json::parse(manifest_in(archive));
  manifest["time"] = "2099-01-01T00:00:00.000Z";
  const fs::path ahead = backup.parent_path() / "test_manual_20990101T000000Z.dbk";
  std::ofstream(ahead, std::ios::binary) << with_manifest(archive, manifest.dump());
  return ahead;
}

}  // namespace

TEST_CASE("a backup whose time is yet to come is no newest one") {
  Changed<ScratchSqlite> shop;
  const fs::path ahead = made_in_2099(shop.file);
  REQUIRE(run({"verify", ahead.string()}).exit == 0);
  shop.database.exec("INSERT INTO note VALUES (4, 'four')");
  REQUIRE(run({"backup", "--db", shop.database.url(), "--dir", shop.dir()}).exit == 0);
  shop.database.exec("DELETE FROM note");
  const Run latest = shop.restore({"--latest", "--yes"});
  INFO(latest.err);
  CHECK(latest.exit == 0);
  CHECK_THAT(latest.err, contains(ahead.string() + " is passed over: its time"));
  CHECK(shop.rows() == std::string(kAfter) + "\n4|four");
  const auto listed = report_of(run({"list", "--json", "--dir", shop.dir()}))["result"]["backups"];
  CHECK(listed[0]["yet_to_come"] == true);
  CHECK(listed[1]["yet_to_come"] == false);
  CHECK(shop.restore({ahead.string(), "--yes"}).exit == 0);
  CHECK(shop.rows() == kBefore);
}

TEST_CASE("the question has both sides, and what is newer") {
  Changed<ScratchSqlite> shop;
  REQUIRE(
      run({"backup", "--db", shop.database.url(), "--dir", shop.dir(), "--label", "later"}).exit ==
      0);
  Running asked({"restore", shop.file, "--db", shop.database.url(), "--dir", shop.dir()},
                {.error_terminal = true});
  asked.wait_for("to go on");
  asked.type("test\n");
  const Run done = asked.wait();
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK_THAT(done.err, contains(" old, label manual, 2 rows in 1 table"));
  CHECK_THAT(done.err, contains("there now:  3 rows in 1 table, 1 more than in the backup"));
  CHECK_THAT(done.err, contains("_later_"));
}

TEST_CASE("what --latest chooses is told to who isn't asked") {
  Changed<ScratchSqlite> shop;
  const Run done = shop.restore({"--latest", "--yes"});
  CHECK_THAT(done.err, contains("2 rows in 1 table; there now: 3 rows in 1 table, 1 more"));
}

TEMPLATE_TEST_CASE("another application's backup needs the database's name", "", ScratchSqlite,
                   ScratchPostgres) {
  Changed<TestType> shop;
  TestType blog{
      "CREATE TABLE post (id INTEGER PRIMARY KEY); CREATE TABLE author (id INTEGER "
      "PRIMARY KEY);"};
  const auto restore = [&](Words words) {
    words.insert(words.end(), {"--db", blog.url(), "--dir", shop.dir(), "--json"});
    words.insert(words.begin(), {"restore", shop.file});
    return run(words);
  };
  const Run refused = restore({"--yes"});
  INFO(refused.err);
  CHECK(refused.exit == 7);
  CHECK_THAT(refused.err,
             contains("another application's database") && contains("of the 2 tables that '"));
  const auto confirm = report_of(refused)["error"]["hint"].template get<std::string>();
  CHECK_THAT(confirm, contains("--confirm"));
  const std::string name = confirm.substr(confirm.find('\'') + 1);
  const Run done = restore({"--confirm", name.substr(0, name.find('\''))});
  CHECK(done.exit == 0);
  CHECK_THAT(done.err, contains("another application's database"));
  CHECK(blog.query("SELECT id, text FROM note ORDER BY id") == kBefore);
  drop_put_aside(done);
}

TEST_CASE("a copy of the database elsewhere is restored with --yes, and named") {
  Changed<ScratchSqlite> shop;
  const ScratchSqlite staging(kNotes, "staging.db");
  const Run done = run({"restore", shop.file, "--yes", "--db", staging.url(), "--dir", shop.dir()});
  CHECK(done.exit == 0);
  CHECK_THAT(done.err, contains("a backup of another database, 'test', and not of 'staging'"));
}

TEST_CASE("a restore leaves its own safety backup, and passes it over next time") {
  Changed<ScratchSqlite> shop;
  REQUIRE(shop.restore({"--latest", "--yes"}).exit == 0);
  const auto backups = report_of(run({"list", "--json", "--dir", shop.dir()}))["result"]["backups"];
  REQUIRE(backups.size() == 2);
  CHECK(std::ranges::any_of(backups, [](const auto& each) {
    return each["label"] == "pre-restore" && each["verified"].is_string();
  }));
  const Run again = shop.restore({"--latest", "--yes", "--json"});
  CHECK(report_of(again)["result"]["label"] == "manual");
  const Run undone = shop.restore({"--latest", "--label", "pre-restore", "--yes"});
  CHECK(undone.exit == 0);
}

TEST_CASE("a PostgreSQL restore killed at a random moment leaves the old or the new database") {
  Changed<ScratchPostgres> shop;
  const Seed seed;
  INFO(seed.hint());
  auto dice = seed.dice();
  for (int i = 0; i < rounds(12); ++i) {
    Running restoring({"restore", shop.file, "--yes", "--keep-old", "0", "--db",
                       shop.database.url(), "--dir", shop.dir()});
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution(0, 700)(dice)));
    restoring.signal(SIGKILL);
    restoring.wait();
    const std::string rows = shop.rows();
    CHECK((rows == kAfter || rows == kBefore));
  }
  const Run done = shop.restore({shop.file, "--yes", "--keep-old", "0"});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(shop.rows() == kBefore);
  CHECK(shop.database.query("SELECT count(*) FROM pg_database WHERE datname LIKE '" +
                            shop.database.name() + "%'") == "1");
}

TEST_CASE("verify --all reads every backup, and one bad one is exit 4") {
  Changed<ScratchSqlite> shop;
  CHECK(run({"verify", "--all", "--dir", shop.dir()}).exit == 0);
  std::ofstream(fs::path(shop.dir()) / "shop_manual_20260102T030405Z.dbk") << "nothing of the kind";
  const Run done = run({"verify", "--all", "--json", "--dir", shop.dir()});
  CHECK(done.exit == 4);
  CHECK(report_of(done)["result"]["files"].size() == 2);
  CHECK(report_of(done)["result"]["bad"] == 1);
  CHECK(run({"verify", "--all", "x.dbk"}).exit == 2);
  CHECK(run({"verify"}).exit == 2);
}
