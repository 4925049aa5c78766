// What is kept of destructive runs.
#include "dbkeeper/core/run_record.h"

#include <filesystem>
#include <thread>

#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

DestructiveRun run_of(const std::string& command, const std::string& copy = "",
                      const std::string& database = "shop") {
  return {.command = command,
          .engine = "sqlite",
          .database = database,
          .location = "/srv/" + database + ".db",
          .begun = {},
          .copy = copy,
          .file = {}};
}

// Times in records are of milliseconds.
RunRecord begun(const fs::path& folder, const DestructiveRun& run) {
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  return RunRecord(folder, run);
}

std::vector<std::string> held(const fs::path& folder) {
  std::vector<std::string> out;
  for (const Hold& hold : held_copies(list_runs(folder))) out.push_back(hold.file.string());
  return out;
}

using Files = std::vector<std::string>;

}  // namespace

TEST_CASE("a run is known as begun, then by what came of it, and forgotten where it did nothing") {
  const ScratchFolder scratch;
  const fs::path folder = scratch / "backups";
  CHECK(list_runs(folder).empty());
  RunRecord record(folder, run_of("import --mode clean", "/b/copy.dbk"));
  auto runs = list_runs(folder);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].state == RunState::begun);
  CHECK(runs[0].command == "import --mode clean");
  CHECK(runs[0].copy == "/b/copy.dbk");
  CHECK(runs[0].location == "/srv/shop.db");
  CHECK(runs[0].server.empty());
  CHECK((fs::status(runs[0].file).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  record.done("shop_before_20260102T030405Z");
  runs = list_runs(folder);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].state == RunState::done);
  CHECK(runs[0].aside == "shop_before_20260102T030405Z");
  record.forget();
  CHECK(list_runs(folder).empty());
}

TEST_CASE("databases of one name at one address are others on another server") {
  const ScratchFolder scratch;
  DestructiveRun run = run_of(std::string(kMigrateCommand), "/b/first.dbk");
  run.server = "7001";
  begun(scratch.path(), run).failed();
  run.server = "7002";
  run.copy = "/b/second.dbk";
  begun(scratch.path(), run).failed();
  REQUIRE(list_runs(scratch.path()).size() == 2);
  CHECK(list_runs(scratch.path())[0].server == "7002");
  CHECK(held(scratch.path()) == Files{"/b/first.dbk", "/b/second.dbk"});
  CHECK(may_be_same_server("7001", ""));
  CHECK_FALSE(may_be_same_server("7001", "7002"));
}

TEST_CASE("runs are listed newest first, and what is no record isn't one") {
  const ScratchFolder folder;
  begun(folder.path(), run_of("restore")).done();
  begun(folder.path(), run_of("migrate")).failed();
  folder.write("broken.run", "{\"command\":");
  folder.write("other.run", "{}");
  folder.write("huge.run", std::string(1 << 20, 'x'));
  fs::create_directory(folder / "folder.run");
  const auto runs = list_runs(folder.path());
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].command == "migrate");
  CHECK(runs[0].state == RunState::failed);
  CHECK(runs[1].command == "restore");
}

TEST_CASE("the copy from before the first of a series of failed migrations is held") {
  const ScratchFolder folder;
  begun(folder.path(), run_of("migrate", "/b/0.dbk")).done();
  CHECK(held(folder.path()).empty());
  begun(folder.path(), run_of("migrate", "/b/1.dbk")).failed();
  begun(folder.path(), run_of("restore", "/b/x.dbk")).done();
  begun(folder.path(), run_of("migrate", "/b/2.dbk"));  // killed
  begun(folder.path(), run_of("migrate", "/b/3.dbk")).failed();
  CHECK(held(folder.path()) == Files{"/b/1.dbk"});
  begun(folder.path(), run_of("migrate", "/b/o.dbk", "other")).failed();
  CHECK(held(folder.path()) == Files{"/b/o.dbk", "/b/1.dbk"});
  begun(folder.path(), run_of("migrate", "/b/4.dbk")).done();
  CHECK(held(folder.path()) == Files{"/b/o.dbk"});
}

TEST_CASE("runs are in the order in which they were made, whatever the clock said") {
  const ScratchFolder folder;
  const auto write = [&](const std::string& name, const std::string& time,
                         const std::string& number) {
    folder.write(name + ".run", R"({"command":")" + name +
                                    R"(","engine":"sqlite","database":"shop",)" +
                                    R"("location":"/srv/shop.db","server":null,"begun":")" + time +
                                    R"(","state":"done","copy":null,"aside":null)" + number + "}");
  };
  write("old", "2099-01-01T00:00:00.000Z", "");  // of a version that knew no numbers
  write("ahead", "2098-01-01T00:00:00.000Z", R"(,"number":1)");
  write("damaged", "2026-01-01T00:00:00.000Z", R"(,"number":9223372036854775807)");
  begun(folder.path(), run_of("restore")).done();
  const auto runs = list_runs(folder.path());
  REQUIRE(runs.size() == 4);
  CHECK(runs[0].command == "restore");
  CHECK(runs[0].number == 2);
  CHECK(runs[1].command == "ahead");
  CHECK(runs[2].command == "old");
  CHECK(runs[3].command == "damaged");
}

TEST_CASE("what was put back is no failure of a series") {
  const ScratchFolder folder;
  const auto restored = [&](const std::string& source, const std::string& copy) {
    DestructiveRun run = run_of("restore", copy);
    run.source = source;
    begun(folder.path(), run).done();
  };
  begun(folder.path(), run_of("migrate", "/b/1.dbk")).failed();
  begun(folder.path(), run_of("migrate", "/b/2.dbk")).failed();
  restored("/b/2.dbk", "/b/of_second.dbk");  // the second alone
  CHECK(held(folder.path()) == Files{"/b/1.dbk"});
  restored("/b/1.dbk", "/b/of_first.dbk");
  CHECK(held(folder.path()).empty());
  restored("/b/of_first.dbk", "/b/x.dbk");  // the putting back is taken back
  CHECK(held(folder.path()) == Files{"/b/1.dbk"});
  restored("/b/nightly.dbk", "/b/y.dbk");
  CHECK(held(folder.path()).empty());
  begun(folder.path(), run_of("migrate", "/b/3.dbk")).failed();
  CHECK(held(folder.path()) == Files{"/b/3.dbk"});
}

TEST_CASE("old records go, but for the one whose copy is held") {
  const ScratchFolder folder;
  begun(folder.path(), run_of("migrate", "/b/first.dbk")).failed();
  for (int i = 0; i < 30; ++i) begun(folder.path(), run_of("restore")).done();
  CHECK(list_runs(folder.path()).size() < 25);
  CHECK(held(folder.path()) == Files{"/b/first.dbk"});
}
