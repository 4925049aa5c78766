// Ctrl-C before anything is changed says that nothing is.
#include <sys/stat.h>

#include <csignal>

#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTable = "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);";

void check_interrupted(Running& running, const std::string& said) {
  running.signal(SIGINT);
  const Run result = running.wait();
  CHECK(result.exit == 130);
  CHECK_THAT(result.out + result.err, contains("error: " + said));
}

}  // namespace

TEST_CASE("an import that is interrupted says that the database is as it was") {
  ScratchSqlite database(kTable);
  Running running({"import", "-", "-v", "--db", database.path().string()}, {.terminal = true});
  running.wait_for("debug: database");
  check_interrupted(running, "interrupted; the database is as it was");
  CHECK(database.query("SELECT count(*) FROM t") == "1");
}

TEST_CASE("a restore that is interrupted at its question says that the database is as it was") {
  const ScratchFolder folder;
  ScratchSqlite database(kTable);
  const std::string file = (folder / "t.dbk").string();
  REQUIRE(run({"backup", "-o", file, "--db", database.path().string()}).exit == 0);
  database.exec("INSERT INTO t VALUES(2)");
  Running running(
      {"restore", file, "--db", database.path().string(), "--dir", (folder / "backups").string()},
      {.terminal = true});
  running.wait_for("Type test to go on");
  check_interrupted(running, "interrupted; the database is as it was");
  CHECK(database.query("SELECT count(*) FROM t") == "2");
}

TEST_CASE("a migration that is interrupted before its command says that this was not run") {
  const ScratchFolder folder;
  const fs::path mark = folder / "ran";
  Running running({"migrate", "--wait", "60s", "--db",
                   "host=" + folder.path().string() + " user=a dbname=shop", "--", "touch",
                   mark.string()});
  running.wait_for("waiting for the server");
  check_interrupted(running, "interrupted before the command was run; the database is as it was");
  CHECK_FALSE(fs::exists(mark));
}
