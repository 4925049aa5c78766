// dbkeeper check: how old backups and their proofs may be.
#include <chrono>
#include <filesystem>

#include "cli/import_databases.h"
#include "dbkeeper/core/backup_folder.h"
#include "support/backup_files.h"

using namespace dbkeeper::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;
using dbkeeper::Moment;

Moment ago(std::chrono::hours age) { return std::chrono::system_clock::now() - age; }

// A database called shop, and a folder for its backups.
struct Shop {
  Run check(Words words) const {
    words.insert(words.begin(), {"check", "--quick"});
    words.insert(words.end(), {"--db", database.url(), "--dir", (folder / "backups").string()});
    return run(std::move(words));
  }
  nlohmann::json report(Words words) const {
    words.push_back("--json");
    return report_of(check(std::move(words)));
  }
  std::string back_up() const {
    return report_of(run({"backup", "--json", "--db", database.url(), "--dir",
                          (folder / "backups").string()}))["result"]["file"];
  }

  ScratchFolder folder;
  ScratchSqlite database{"CREATE TABLE t (id INTEGER PRIMARY KEY)", "shop.db"};
};

std::vector<std::string> checks_of(const nlohmann::json& report) {
  std::vector<std::string> out;
  for (const auto& finding : report["result"]["findings"]) out.push_back(finding["check"]);
  return out;
}

}  // namespace

TEST_CASE("without backups only who asks for their age hears of it") {
  const Shop shop;
  CHECK(shop.check({}).exit == 0);
  CHECK(shop.report({})["result"]["backups"]["age"].is_null());
  CHECK(shop.check({"--max-backup-age", "26h"}).exit == 6);
  CHECK(checks_of(shop.report({"--max-backup-age", "26h", "--max-proof-age", "7d"})) ==
        Words{"backup", "proof"});
}

TEST_CASE("a fresh backup is new enough, and no proof") {
  const Shop shop;
  const std::string file = shop.back_up();
  CHECK(shop.check({"--max-backup-age", "26h"}).exit == 0);
  CHECK(shop.check({"--max-backup-age", "0"}).exit == 6);
  CHECK(checks_of(shop.report({"--max-backup-age", "26h", "--max-proof-age", "7d"})) ==
        Words{"proof"});
  const auto backups = shop.report({})["result"]["backups"];
  CHECK(backups["newest"] == file);
  CHECK(backups["age"] >= 0);
  CHECK(backups["age"] < 60);
  CHECK(backups["proof_age"].is_null());
}

TEST_CASE("a drill is a proof until it is too old") {
  const Shop shop;
  const std::string file = shop.back_up();
  dbkeeper::record_restored(file, ago(48h), 3);
  CHECK(shop.check({"--max-proof-age", "7d"}).exit == 0);
  const Run old = shop.check({"--max-proof-age", "24h"});
  CHECK(old.exit == 6);
  CHECK(old.out.find("2 days ago") != std::string::npos);
  CHECK(shop.report({})["result"]["backups"]["proof_age"] > 47 * 3600);
}

TEST_CASE("a backup that a later drill found wanting is no proof, and still one that was read") {
  const Shop shop;
  const std::string file = shop.back_up();
  dbkeeper::record_restored(file, ago(1h), 3);
  REQUIRE(shop.check({"--max-proof-age", "7d"}).exit == 0);
  dbkeeper::forget_restored(file);
  CHECK(checks_of(shop.report({"--max-backup-age", "26h", "--max-proof-age", "7d"})) ==
        Words{"proof"});
}

TEST_CASE("what isn't verified, is damaged or is another database's is no backup") {
  const Shop shop;
  const std::string dir = (shop.folder / "backups").string();
  const auto expect_none = [&] { CHECK(shop.check({"--max-backup-age", "26h"}).exit == 6); };
  const ScratchSqlite other("CREATE TABLE t (id INTEGER PRIMARY KEY)", "other.db");
  REQUIRE(run({"backup", "--db", other.url(), "--dir", dir}).exit == 0);
  expect_none();
  REQUIRE(run({"backup", "--no-verify", "--db", shop.database.url(), "--dir", dir}).exit == 0);
  expect_none();
  const std::string damaged = shop.back_up();
  CHECK(shop.check({"--max-backup-age", "26h"}).exit == 0);
  flip_a_bit(damaged);
  CHECK(run({"verify", damaged}).exit == 4);
  expect_none();
}

TEST_CASE("an age that is no duration is a wrong word") {
  const Shop shop;
  for (const char* option : {"--max-backup-age", "--max-proof-age"}) {
    const Run wrong = shop.check({option, "yesterday"});
    CHECK(wrong.exit == 2);
    CHECK(wrong.err.find(option) != std::string::npos);
  }
}
