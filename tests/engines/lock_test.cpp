// Two destructive runs on one database, and databases for a while: the same on every engine.
#include "dbkeeper/engines/lock.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "dbkeeper/engines/scratch.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Options : OpenOptions {
  explicit Options(std::chrono::milliseconds patience = 50ms)
      : OpenOptions{Access::write, patience, &silent, &never} {}
  static inline SilentReporter silent;
  static inline const Stop never;
};

constexpr const char* kTable = "CREATE TABLE note (id INTEGER PRIMARY KEY)";

}  // namespace

TEMPLATE_TEST_CASE("a second run waits for the first, and names it", "", ScratchSqlite,
                   ScratchPostgres) {
  TestType database(kTable);
  auto first = lock_database(database.url(), Options());
  try {
    lock_database(database.url(), Options());
    FAIL("it got the lock as well");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::refused);
    CHECK(error.message().find(fmt::format("pid {} on ", ::getpid())) != std::string::npos);
    CHECK(error.message().find("since ") != std::string::npos);
  }
  std::jthread ending([&] {
    std::this_thread::sleep_for(200ms);
    first.reset();
  });
  const auto second = lock_database(database.url(), Options(20s));
  CHECK(database.query("SELECT count(*) FROM note") == "0");
}

TEMPLATE_TEST_CASE("who has the holder's token works under its lock, and nobody else", "",
                   ScratchSqlite, ScratchPostgres) {
  TestType database(kTable);
  const std::string target = database.url();
  const auto first = lock_database(target, Options());
  const auto second = lock_database(target, Options(), {"another", first->token()});
  CHECK(second->token() == first->token());
  const std::string guess = std::string(first->token().size(), '0');
  CHECK_THROWS_AS(lock_database(target, Options(), {guess, ""}), Error);
  // One that works under a lock gives none up.
  lock_database(target, Options(), {first->token()}).reset();
  CHECK_THROWS_AS(lock_database(target, Options()), Error);
}

TEST_CASE("a lock file that can't be opened is no free lock") {
  const ScratchFolder folder;
  const ScratchSqlite database(kTable);
  const fs::path lock = database.path().string() + "-dbkeeper-lock";
  SECTION("a symbolic link") { fs::create_symlink(folder / "elsewhere", lock); }
  SECTION("a folder") { fs::create_directory(lock); }
  try {
    lock_database(database.url(), Options());
    FAIL("it was locked");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::refused);
    CHECK(error.message().find(lock.string()) != std::string::npos);
    CHECK_FALSE(error.hint().empty());
  }
  CHECK_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_CASE("a database that isn't there can be locked, and nothing is left of it") {
  const ScratchFolder folder;
  const std::string path = (folder / "absent.db").string();
  {
    const auto lock = lock_database(path, Options());
    CHECK_THROWS_AS(lock_database(path, Options()), Error);
  }
  CHECK(fs::is_empty(folder.path()));
  ScratchPostgres postgres;
  const std::string absent = postgres_url("absent_database");
  const auto lock = lock_database(absent, Options());
  CHECK_THROWS_AS(lock_database(absent, Options()), Error);
}

TEST_CASE("a lock file that a killed run left locks nobody out") {
  const ScratchFolder folder;
  folder.write("app.db-dbkeeper-lock", "dbkeeper, pid 1 on nowhere, since the flood\n");
  const auto lock = lock_database((folder / "app.db").string(), Options());
  CHECK(lock != nullptr);
}

TEST_CASE("a link to a database is locked like what it leads to") {
  const ScratchFolder folder;
  const ScratchSqlite database(kTable);
  fs::create_symlink(database.path(), folder / "link.db");
  const auto lock = lock_database(database.url(), Options());
  CHECK_THROWS_AS(lock_database((folder / "link.db").string(), Options()), Error);
}

TEMPLATE_TEST_CASE("a scratch database has a name of its own, and goes", "", ScratchSqlite,
                   ScratchPostgres) {
  const ScratchFolder folder;
  TestType database(kTable);
  {
    const auto one = make_scratch(database.url(), "drill", folder.path().string(), Options());
    const auto two = make_scratch(database.url(), "drill", folder.path().string(), Options());
    CHECK(one->name() != two->name());
    CHECK(one->name().find("_drill_") != std::string::npos);
    CHECK(named_database(one->address()).name == one->name());
  }
  CHECK(fs::is_empty(folder.path()));
  CHECK(database.query("SELECT count(*) FROM note") == "0");
}

TEST_CASE("what a killed run left of a scratch database goes with the next of its purpose") {
  const ScratchFolder folder;
  const ScratchSqlite file(kTable);
  const std::string left = file.path().stem().string() + "_drill_20260102T030405Z.db";
  for (const char* ending : {"", "-wal", "-dbkeeper-lock"}) folder.write(left + ending, "left");
  folder.write("mine_drill_20260102T030405Z.db", "not ours");
  make_scratch(file.url(), "drill", folder.path().string(), Options());
  CHECK(!fs::exists(folder / left));
  CHECK(!fs::exists(folder / (left + "-wal")));
  CHECK(fs::exists(folder / "mine_drill_20260102T030405Z.db"));

  ScratchPostgres server;
  const std::string name = named_database(server.url()).name + "_drill_20260102T030405Z";
  server.exec("CREATE DATABASE \"" + name + "\"");
  make_scratch(server.url(), "drill", folder.path().string(), Options());
  CHECK(server.query("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'") == "0");
}

TEST_CASE("what a killed restore left half built of a scratch database goes with it") {
  const ScratchFolder folder;
  ScratchPostgres server;
  const auto is_there = [&](const std::string& name) {
    return server.query("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'") == "1";
  };
  const std::string live = "h" + std::to_string(::getpid());  // short: its names stay whole
  const std::string longer = live + std::string(40 - live.size(), 'x');
  const std::string other = live + "_restoring_20260102T030405Z";
  const std::string half = live + "_drill_20260102T030405Z_restoring_20260102T030406Z";
  const std::string hashed = longer.substr(0, 23) + "_0123abcd_restoring_20260102T030406Z";
  for (const std::string& name : {other, half, hashed})
    server.exec("CREATE DATABASE \"" + name + "\"");
  make_scratch(postgres_url(live), "drill", folder.path().string(), Options());
  CHECK_FALSE(is_there(half));
  make_scratch(postgres_url(longer), "drill", folder.path().string(), Options());
  CHECK_FALSE(is_there(hashed));
  CHECK(is_there(other));
  server.exec("DROP DATABASE \"" + other + "\"");
}

TEST_CASE("a server's database may be called in any language") {
  const ScratchFolder folder;
  const auto scratch =
      make_scratch(postgres_url("caf%C3%A9"), "drill", folder.path().string(), Options());
  CHECK(scratch->name().starts_with("caf\u00e9_drill_"));
  CHECK(lock_database(postgres_url("caf%C3%A9"), Options()) != nullptr);
}
