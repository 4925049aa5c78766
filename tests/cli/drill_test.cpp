// dbkeeper verify --drill: a backup restored, compared, and the proof recorded.
#include <chrono>
#include <filesystem>

#include "cli/import_databases.h"
#include "support/backup_files.h"
#include "support/backups.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// A library with a backup in a folder of its own.
struct Drilled {
  explicit Drilled(Engine engine) : database(old_library(engine)) {
    file = report_of(
        run({"backup", "--json", "--db", database->url(), "--dir", dir()}))["result"]["file"];
  }
  std::string dir() const { return (folder / "backups").string(); }
  Run verify(Words words) const {
    words.insert(words.begin(), "verify");
    words.insert(words.end(), {"--db", database->url(), "--dir", dir()});
    return run(std::move(words));
  }
  nlohmann::json listed() const {
    return report_of(run({"list", "--dir", dir(), "--json"}))["result"]["backups"];
  }

  ScratchFolder folder;
  DatabasePtr database;
  std::string file;
};

std::string scratch_databases(AnyDatabase& database) {
  return database.query(
      "SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '%drill%'");
}

}  // namespace

TEST_CASE("a drill restores a backup, compares it, drops it and records the proof") {
  for (const Engine engine : kEngines) {
    const Drilled shop(engine);
    const std::string before = rows_of(*shop.database);
    CHECK(shop.listed()[0]["restored"].is_null());
    const Run done = shop.verify({shop.file, "--drill"});
    INFO(done.out << done.err);
    REQUIRE(done.exit == 0);
    CHECK(done.out.find("restored and compared in") != std::string::npos);
    CHECK(shop.listed()[0]["restored"].is_string());
    CHECK(shop.listed()[0]["restore_seconds"] > 0);
    CHECK(rows_of(*shop.database) == before);
    if (engine == Engine::postgres) CHECK(scratch_databases(*shop.database) == "0");
    for (const auto& entry : fs::directory_iterator(shop.dir()))
      CHECK((entry.path() == shop.file || entry.path() == shop.file + ".proof"));
  }
}

TEST_CASE("a drill of every backup in the folder proves each of them") {
  for (const Engine engine : kEngines) {
    const Drilled shop(engine);
    REQUIRE(run({"backup", "--portable", "--db", shop.database->url(), "--dir", shop.dir()}).exit ==
            0);
    const Run all = shop.verify({"--all", "--drill", "--json"});
    INFO(all.out << all.err);
    CHECK(all.exit == 0);
    const auto result = report_of(all)["result"];
    REQUIRE(result["files"].size() == 2);
    for (const auto& file : result["files"]) {
      CHECK(file["drill"]["equal"] == true);
      CHECK(file["drill"]["seconds"] > 0);
    }
    for (const auto& backup : shop.listed()) CHECK(backup["restored"].is_string());
  }
}

TEST_CASE("a backup of a file is drilled without any database being named") {
  const Drilled shop(Engine::sqlite);
  CHECK(run({"verify", shop.file, "--drill"}).exit == 0);
}

TEST_CASE("a backup of a server isn't drilled without a server") {
  const Drilled shop(Engine::postgres);
  const Run nowhere = run({"verify", shop.file, "--drill"});
  CHECK(nowhere.exit == 2);
  CHECK(nowhere.err.find("--db") != std::string::npos);
}

TEST_CASE("a damaged backup isn't drilled") {
  const Drilled shop(Engine::sqlite);
  flip_a_bit(shop.file);
  CHECK(shop.verify({shop.file, "--drill"}).exit == 4);
  CHECK_FALSE(fs::exists(shop.file + ".proof"));
}

TEST_CASE("a backup that doesn't come back as its manifest says is found by a drill alone") {
  for (const Engine engine : kEngines) {
    const Drilled shop(engine);
    const std::string archive = content_of(shop.file), manifest = manifest_in(archive);
    std::string changed;
    if (engine == Engine::sqlite) {  // whose rows a verification doesn't look at
      const std::string digest = R"("digest":"xxh3-128:)";
      changed = with(manifest, digest, digest + "0");
      changed.erase(changed.find(digest) + digest.size() + 32, 1);  // the last digit of 32
    } else {
      changed =
          with(manifest, R"("name":"pages","type":"integer","kind":"integer","nullable":true)",
               R"("name":"pages","type":"integer","kind":"integer","nullable":false)");
    }
    std::ofstream(shop.file, std::ios::binary) << with_manifest(archive, changed);
    CHECK(shop.verify({shop.file}).exit == 0);
    dbkeeper::record_restored(shop.file, std::chrono::system_clock::now(), 3);
    REQUIRE(shop.listed()[0]["restored"].is_string());
    const Run found = shop.verify({shop.file, "--drill", "--json"});
    INFO(found.out << found.err);
    CHECK(found.exit == 6);
    const auto drill = report_of(found)["result"]["drill"];
    CHECK(drill["equal"] == false);
    CHECK(drill["differences"].size() == 1);
    CHECK(shop.listed()[0]["restored"].is_null());  // an earlier drill is no proof any more
    CHECK(shop.listed()[0]["verified"].is_string());
    CHECK(shop.verify({"--all", "--drill"}).exit == 6);
    if (engine == Engine::postgres) CHECK(scratch_databases(*shop.database) == "0");
  }
}

TEST_CASE("an export can't be drilled") {
  const Drilled shop(Engine::sqlite);
  const std::string document = exported(*shop.database, shop.folder);
  const Run refused = shop.verify({document, "--drill"});
  CHECK(refused.exit == 2);
  CHECK(refused.err.find("--dry-run") != std::string::npos);
}

TEST_CASE("that there is no room for a drill says nothing of the backup") {
  const Drilled shop(Engine::sqlite);
  REQUIRE(shop.verify({shop.file, "--drill"}).exit == 0);
  // A limit on the size of files stops the write as a full disk would.
  const auto drill = [&](const std::string& which) {
    return run({"-c", "ulimit -f 8; exec '" + dbkeeper_binary() + "' verify --drill " + which +
                          " --json --dir '" + shop.dir() + "'"},
               {.binary = "/bin/bash"});
  };
  const Run one = drill("'" + shop.file + "'");
  INFO(one.out << one.err);
  CHECK(one.exit == 1);
  CHECK((one.out + one.err).find("no room left") != std::string::npos);
  const Run all = drill("--all");
  INFO(all.out << all.err);
  CHECK(all.exit == 1);
  CHECK((all.out + all.err).find("could not be drilled") != std::string::npos);
  CHECK(report_of(all)["result"]["bad"] == 0);
  CHECK(report_of(all)["result"]["unproven"] == 1);
  CHECK(shop.listed()[0]["restored"].is_string());
}

TEST_CASE("that a role may not create databases says nothing of the backups") {
  const Drilled shop(Engine::postgres);
  const std::string url = shop.database->url(), role = "drill_guest";
  std::string as_role = url;
  as_role.replace(as_role.find("postgres@"), 8, role);
  shop.database->exec("CREATE ROLE " + role + " LOGIN");
  for (const Words& which : {Words{shop.file}, Words{"--all"}}) {
    Words words = {"verify", "--drill", "--db", as_role, "--dir", shop.dir()};
    words.insert(words.end(), which.begin(), which.end());
    const Run refused = run(words);
    INFO(refused.out << refused.err);
    CHECK(refused.exit == 1);
    CHECK(refused.err.find("may not create databases") != std::string::npos);
    CHECK(refused.err.find("CREATEDB") != std::string::npos);
  }
  shop.database->exec("DROP ROLE " + role);
}
