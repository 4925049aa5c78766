// dbkeeper migrate and the process that it runs: signals, the terminal, time, what it leaves
// behind.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/migration.h"
#include "support/catch.h"

using namespace dbkeeper::testing;
using namespace std::chrono_literals;

namespace {

// Says "ready" and then does nothing for a long time.
constexpr const char* kWaiting = "echo ready; while :; do sleep 0.05; done";

}  // namespace

TEST_CASE("SIGINT and SIGTERM reach the command, and the database is as it was") {
  Shop<ScratchSqlite> shop;
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    Running running(shop.words({}, shell_command(kWaiting)));
    running.wait_for("ready");
    running.signal(signal);
    const Run result = running.wait();
    INFO(result.err);
    CHECK(result.exit == code);
    CHECK_THAT(result.err, contains("the database is as it was"));
    CHECK(shop.copies().empty());
  }
}

TEST_CASE("a command that was interrupted half way is exit 8, or put back") {
  Shop<ScratchSqlite> shop;
  const std::string script =
      "sqlite3 " + shop.database.path().string() + " 'DELETE FROM orders'; " + kWaiting;
  SECTION("told") {
    Running running(shop.words({}, shell_command(script)));
    running.wait_for("ready");
    running.signal(SIGTERM);
    const Run result = running.wait();
    INFO(result.err);
    CHECK(result.exit == 8);
    CHECK_THAT(result.err, contains("restore --undo"));
    CHECK(shop.copies().size() == 1);
  }
  SECTION("put back") {
    Running running(shop.words({"--auto-restore"}, shell_command(script)));
    running.wait_for("ready");
    running.signal(SIGTERM);
    const Run result = running.wait();
    INFO(result.err);
    CHECK(result.exit == 143);
    CHECK(shop.orders() == kOrders);
  }
}

TEST_CASE("a command that ignores SIGINT is ended by a second one") {
  Shop<ScratchSqlite> shop;
  Running running(shop.words({}, shell_command(std::string("trap '' INT; ") + kWaiting)));
  running.wait_for("ready");
  running.signal(SIGINT);
  running.wait_for("was asked to stop");
  std::this_thread::sleep_for(100ms);
  running.signal(SIGINT);
  const Run result = running.wait();
  INFO(result.err);
  CHECK(result.exit == 130);
}

TEST_CASE("a command that takes longer than --timeout is ended") {
  Shop<ScratchSqlite> shop;
  const Run result = shop.migrate({"--timeout", "300ms", "--json"}, shell_command(kWaiting));
  INFO(result.err);
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, contains("--timeout"));
  CHECK(report_of(result)["result"]["timed_out"] == true);
  CHECK(shop.migrate({"--timeout", "soon"}, shell_command("exit 0")).exit == 2);
}

TEST_CASE("a command that is killed has failed") {
  Shop<ScratchSqlite> shop;
  const Run result = shop.migrate({"--json"}, shell_command("kill -9 $$"));
  INFO(result.err);
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, contains("signal 9"));
  CHECK(report_of(result)["result"]["signal"] == 9);
}

TEST_CASE("what a command does in the background is waited for") {
  Shop<ScratchSqlite> shop;
  const Run result =
      shop.migrate({}, shell_command("(sleep 0.6; sqlite3 " + shop.database.path().string() +
                                     " 'DELETE FROM orders') >/dev/null 2>&1 &"));
  INFO(result.err);
  CHECK(result.exit == 0);
  CHECK_THAT(result.err, contains("orders"));
  CHECK(shop.copies().size() == 1);
}

TEST_CASE("Ctrl-C on the terminal is for the command, and then for us") {
  Shop<ScratchSqlite> shop;
  Running running(shop.words({}, shell_command(kWaiting)), {.terminal = true});
  running.wait_for("ready");
  running.type("\x03");
  const Run result = running.wait();
  INFO(result.out);
  CHECK(result.exit == 130);
}

TEST_CASE("a command can ask on the terminal") {
  Shop<ScratchSqlite> shop;
  Running running(
      shop.words({}, shell_command("stty -echo; printf 'sure? '; read a; stty echo; echo got=$a")),
      {.terminal = true});
  running.wait_for("sure? ");
  running.type("yes\n");
  running.wait_for("got=yes");
  CHECK(running.wait().exit == 0);
}

TEST_CASE("a command that stops itself where nobody would continue it goes on") {
  Shop<ScratchSqlite> shop;
  const Run result = shop.migrate({}, shell_command("kill -TSTP $$; echo continued"));
  INFO(result.err);
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, contains("continued"));
}

TEMPLATE_TEST_CASE("a second migration waits for the first, or gives up naming it", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  Running first(shop.words({}, shell_command("echo ready; sleep 2")));
  first.wait_for("ready");
  const Run second = shop.migrate({"--lock-timeout", "200ms"}, shell_command("exit 0"));
  INFO(second.err);
  CHECK(second.exit == 7);
  CHECK_THAT(second.err, contains(std::to_string(first.pid())));
  const Run third = shop.migrate({"--lock-timeout", "20s"}, shell_command("exit 0"));
  INFO(third.err);
  CHECK(third.exit == 0);
  CHECK(first.wait().exit == 0);
}

TEMPLATE_TEST_CASE("a migration that was killed with us can be undone", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  auto words = sql_command(shop.database, {"DELETE FROM orders"});
  std::string script;
  for (const std::string& word : words) script += "'" + word + "' ";
  {
    Running running(shop.words({}, shell_command(script + "; echo ready; sleep 1")));
    running.wait_for("ready");
    running.signal(SIGKILL);
    CHECK(running.wait().exit == 128 + SIGKILL);
  }
  CHECK(shop.orders().empty());
  REQUIRE(shop.copies().size() == 1);
  const Run undone = shop.undo();
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(shop.orders() == kOrders);
  drop_put_aside(shop.database);
}

TEST_CASE("a migration that waits for a lock says whose, and gives up in time") {
  Shop<ScratchPostgres> shop;
  Running migrating(shop.words(
      {"--lock-timeout", "3s"},
      shell_command("echo ready; sleep 1; exec '" + (postgres_programs() / "psql").string() +
                    "' -X -q -v ON_ERROR_STOP=1 -d '" + shop.database.url() +
                    "' -c 'ALTER TABLE customer ADD COLUMN mail text'")));
  migrating.wait_for("ready");
  Running other(
      {"-X", "-d", shop.database.url(), "-c", "BEGIN; LOCK TABLE customer; SELECT pg_sleep(20)"},
      {.binary = postgres_programs() / "psql"});
  migrating.wait_for("it waits");
  migrating.wait_for("LOCK TABLE customer");
  migrating.wait_for("lock timeout");
  other.signal(SIGINT);
  other.wait();
  const Run result = migrating.wait();
  INFO(result.err);
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, contains("customer"));
  CHECK_THAT(result.err, contains("pid "));
}
