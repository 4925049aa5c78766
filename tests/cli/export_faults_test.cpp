// What goes wrong during an export: a clear error, the right exit code, and no file that looks like
// one.
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

// More than any pipe holds, so that an export to one waits for its reader.
constexpr const char* kLarge =
    "CREATE TABLE large(id int PRIMARY KEY, v text);"
    "INSERT INTO large SELECT i, repeat('x', 100) FROM generate_series(1, 50000) i";

std::string large_sqlite() {
  return "CREATE TABLE large(id INTEGER PRIMARY KEY, v TEXT);"
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
         "INSERT INTO large SELECT i, printf('%0100d', i) FROM n";
}

Run in_shell(const std::string& script, const std::string& url) {
  return run({"-c", script}, {.env = {{"DATABASE_URL", url}}, .binary = "/bin/bash"});
}

}  // namespace

TEST_CASE("a reader that has seen enough ends the export with exit 1") {
  const ScratchPostgres postgres(kLarge);
  const ScratchSqlite sqlite(large_sqlite());
  for (const std::string& url : {postgres.url(), sqlite.url()}) {
    const Run result = in_shell(
        "'" + dbkeeper_binary() + "' export -o - | head -c 100 >/dev/null; exit ${PIPESTATUS[0]}",
        url);
    CHECK(result.exit == 1);
    CHECK_THAT(result.err, contains("standard output was closed before the export was complete"));
  }
}

TEST_CASE("a full disk is an error that leaves no file") {
  const ScratchPostgres postgres(kLarge);
  const ScratchSqlite sqlite(large_sqlite());
  for (const std::string& url : {postgres.url(), sqlite.url()}) {
    const ScratchFolder folder;
    const Run device = run({"export", "-o", "/dev/full", "--db", url});
    CHECK(device.exit == 1);
    CHECK_THAT(device.err, contains("No space left on device"));
    // A limit on the size of files stops the write as a full disk would.
    for (const char* name : {"e.json", "e.json.zst"}) {
      const Run limited = in_shell("ulimit -f 8; cd '" + folder.path().string() + "'; exec '" +
                                       dbkeeper_binary() + "' export -o " + name,
                                   url);
      CHECK(limited.exit == 1);
      CHECK_THAT(limited.err, contains(name));
      CHECK(fs::is_empty(folder.path()));
    }
  }
}

TEST_CASE("a connection that the server ends is an error, and the document lacks its end") {
  // More than three readers may hold back.
  ScratchPostgres scratch(
      "CREATE TABLE large(id int PRIMARY KEY, v text);"
      "INSERT INTO large SELECT i, repeat('x', 200) FROM generate_series(1, 200000) i");
  for (const char* jobs : {"1", "3"}) {
    Running running({"export", "-o", "-", "-j", jobs, "--db", scratch.url()});
    running.wait_for("export_metadata");
    scratch.exec(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    const Run result = running.wait();
    CHECK(result.exit == 1);
    CHECK_THAT(result.err, contains("error: "));
    CHECK_THAT(result.out, !contains("\"summary\""));
  }
}

TEST_CASE("signals end an export with 130 and 143, even one whose reader sleeps") {
  const ScratchPostgres postgres(kLarge);
  const ScratchSqlite sqlite(large_sqlite());
  for (const std::string& url : {postgres.url(), sqlite.url()})
    for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
      Running running({"export", "-o", "-", "--json", "--db", url});
      running.wait_for("export_metadata");
      running.signal(signal);
      const Run result = running.wait();
      CHECK(result.exit == code);
      CHECK(nlohmann::json::parse(result.err.substr(0, result.err.find('\n')))["exit"] == code);
      CHECK_THAT(result.out, !contains("\"summary\""));
    }
}

TEST_CASE("whatever kills an export, nothing is left in the folder") {
  const ScratchPostgres postgres(
      "CREATE TABLE large(id int PRIMARY KEY, v text);"
      "INSERT INTO large SELECT i, repeat('x', 100) FROM generate_series(1, 300000) i");
  const ScratchFolder folder;
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP}) {
    Running running({"export", "-o", (folder / "e.json").string(), "-v", "--db", postgres.url()});
    running.wait_for("debug: database");
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    running.signal(signal);
    const Run result = running.wait();
    CHECK(result.exit != 0);
    CHECK(fs::is_empty(folder.path()));
  }
}

TEST_CASE("a table that may not be read is named before anything is written") {
  ScratchPostgres scratch("CREATE TABLE open(a int); CREATE TABLE shut(a int)");
  scratch.exec("DROP ROLE IF EXISTS export_reader");
  scratch.exec(
      "CREATE ROLE export_reader LOGIN PASSWORD 'pw'; GRANT SELECT ON open TO export_reader");
  std::string url = scratch.url();
  url = "postgresql://export_reader:pw" + url.substr(url.find('@'));
  const ScratchFolder folder;
  const Run refused = run({"export", "-o", (folder / "e.json").string(), "--json", "--db", url});
  CHECK(refused.exit == 1);
  CHECK(report_of(refused)["error"]["table"] == "shut");
  CHECK(fs::is_empty(folder.path()));
  CHECK(run({"export", "-o", "-", "--exclude", "shut", "--db", url}).exit == 0);
  scratch.exec("GRANT SELECT ON shut TO export_reader; ALTER TABLE shut ENABLE ROW LEVEL SECURITY");
  const Run hidden = run({"export", "-o", "-", "--db", url});
  CHECK(hidden.exit == 1);
  CHECK(hidden.out.empty());
  CHECK_THAT(hidden.err, contains("row-level security"));
  scratch.exec("DROP OWNED BY export_reader; DROP ROLE export_reader");
}

TEST_CASE("a migration that holds a table is waited for, and then named") {
  ScratchPostgres scratch("CREATE TABLE t(id int); CREATE TABLE busy(id int)");
  const std::string hold = "BEGIN; DROP TABLE busy; SELECT pg_sleep(30)";
  Running holder({"-qX", "-c", hold, scratch.url()}, {.binary = postgres_programs() / "psql"});
  while (scratch.query("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND "
                       "granted AND database = (SELECT oid FROM pg_database WHERE datname = "
                       "current_database())") == "0")
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const ScratchFolder folder;
  const Run result = run({"export", "-o", (folder / "e.json").string(), "--lock-timeout", "200ms",
                          "--json", "--db", scratch.url()});
  CHECK(result.exit == 7);
  CHECK(report_of(result)["error"]["table"] == "busy");
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a table can't be dropped while it is exported") {
  ScratchPostgres scratch(std::string(kLarge) + "; CREATE TABLE zebra(id int)");
  Running running({"export", "-o", "-", "-j", "2", "--db", scratch.url()});
  running.wait_for("export_metadata");
  CHECK_THROWS(scratch.exec("SET lock_timeout = '100ms'; DROP TABLE zebra"));
  const Run result = running.wait();
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, contains("\"zebra\""));
}

TEST_CASE("an export's memory doesn't grow with the number of rows") {
  const ScratchPostgres postgres(
      "CREATE TABLE t(id int PRIMARY KEY, v text);"
      "INSERT INTO t SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, 400000) i");
  REQUIRE(run({"export", "-o", "/dev/null", "-j", "2", "--db", postgres.url()}).exit == 0);
  rusage usage{};
  REQUIRE(getrusage(RUSAGE_CHILDREN, &usage) == 0);
  CHECK(usage.ru_maxrss > 0);
  if (!is_sanitized()) CHECK(usage.ru_maxrss < (32 + 2 * 16) * 1024);
}
