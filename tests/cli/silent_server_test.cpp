// A stop while a server, which is there, says nothing any more.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::string content(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A server that may be stopped, since no other test works with it.
class OwnServer {
 public:
  OwnServer()
      : running_({"sh", "-c",
                  "echo \"$DBKEEPER_TEST_POSTGRES\" >" + address_file().string() +
                      "; echo started; exec sleep 600"},
                 {.timeout_seconds = 170, .binary = fs::path(DBKEEPER_SCRIPTS) / "with-postgres"}) {
    running_.wait_for("started");
    url_ = content(address_file());
    url_.erase(url_.find_last_of('/'));
    query("postgres", "CREATE DATABASE shop");
    pid_ = std::stoi(query("shop", "SELECT pg_read_file('postmaster.pid')"));
  }
  ~OwnServer() {
    go_on();
    running_.signal(SIGTERM);
    running_.wait();
  }

  std::string url(const std::string& database) const { return url_ + "/" + database; }
  std::string query(const std::string& database, const std::string& sql) const {
    const Run result = run({"-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url(database)},
                           {.binary = postgres_programs() / "psql"});
    INFO(result.err);
    CHECK(result.exit == 0);
    return result.out.substr(0, result.out.find_last_not_of('\n') + 1);
  }
  void wait_until(const std::string& database, const std::string& condition) const {
    const auto end = Clock::now() + 30s;
    while (query(database, "SELECT " + condition) != "t") {
      REQUIRE(Clock::now() < end);
      std::this_thread::sleep_for(50ms);
    }
  }

  void stop() { signal(SIGSTOP); }
  void go_on() { signal(SIGCONT); }

 private:
  fs::path address_file() const { return folder_ / "address"; }

  // The server and the processes that serve its sessions.
  void signal(int number) const {
    kill(pid_, number);
    for (const auto& process : fs::directory_iterator("/proc")) {
      std::istringstream stat(content(process.path() / "stat"));
      std::string pid, rest;
      stat >> pid;
      while (stat >> rest && !rest.ends_with(')')) {
      }
      int parent = 0;
      stat >> rest >> parent;
      if (parent == pid_) kill(std::stoi(pid), number);
    }
  }

  ScratchFolder folder_;
  Running running_;
  std::string url_;
  int pid_ = 0;
};

constexpr const char* kShop =
    "CREATE TABLE items (id int PRIMARY KEY, name text);"
    "INSERT INTO items SELECT i, repeat('x', 200) FROM generate_series(1, 20000) i";
constexpr const char* kSum = "SELECT count(*), sum(hashtext(i::text)) FROM items i";
constexpr const char* kWaitsForLock = "EXISTS (SELECT FROM pg_locks WHERE NOT granted)";
constexpr const char* kBuilds =
    "EXISTS (SELECT FROM pg_database WHERE datname LIKE 'shop\\_restoring\\_%')";

// A stop of `command` at that moment, when the server is silent, takes seconds.
void check_stop(OwnServer& server, const ScratchFolder& folder, std::vector<std::string> command,
                const std::string& moment) {
  CAPTURE(command);
  const std::string before = server.query("shop", kSum);
  command.insert(command.end(), {"--db", server.url("shop"), "--dir", folder.path().string(),
                                 "--lock-timeout", "100s", "--yes"});
  std::optional<Running> holder;
  if (moment == kWaitsForLock) {
    holder.emplace(std::vector<std::string>{"-Xc", "BEGIN; LOCK items; SELECT pg_sleep(1000)",
                                            server.url("shop")},
                   RunOptions{.timeout_seconds = 150, .binary = postgres_programs() / "psql"});
    server.wait_until("shop",
                      "EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' "
                      "AND relation = 'items'::regclass)");
  }
  Running running(command, {.cwd = folder.path()});
  server.wait_until("postgres", moment);
  server.stop();
  const auto begin = Clock::now();
  running.signal(SIGTERM);
  const Run result = running.wait();
  const auto took = Clock::now() - begin;
  server.go_on();
  INFO(result.err);
  CHECK(result.exit == 143);
  CHECK_THAT(result.err, contains("interrupted"));
  CHECK(took < 10s);
  server.query("postgres",
               "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
               "WHERE application_name LIKE 'dbkeeper%' OR query LIKE '%pg_sleep%' "
               "AND pid <> pg_backend_pid()");
  CHECK(server.query("shop", kSum) == before);
}

}  // namespace

TEST_CASE("SIGTERM ends a run within seconds when the server has stopped answering") {
  OwnServer server;
  const ScratchFolder folder;
  server.query("shop", kShop);
  const std::string url = server.url("shop");
  REQUIRE(run({"export", "-o", "shop.json", "--db", url}, {.cwd = folder.path()}).exit == 0);
  REQUIRE(run({"backup", "-o", "shop.dbk", "--db", url}, {.cwd = folder.path()}).exit == 0);
  server.query("shop", "DELETE FROM items WHERE id % 2 = 0");

  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"export", "-o", "again.json"},
        {"import", "shop.json"},
        {"import", "shop.json", "--mode", "merge", "--offline"},
        {"backup"},
        {"check"}})
    check_stop(server, folder, command, kWaitsForLock);
  check_stop(server, folder, {"restore", "shop.dbk"}, kBuilds);
}

TEST_CASE("an export that nobody reads can be stopped when its server is silent") {
  OwnServer server;
  const ScratchFolder folder;
  server.query("shop", kShop);
  server.query("shop",
               "INSERT INTO items SELECT i, repeat('x', 2000) "
               "FROM generate_series(20001, 60000) i");
  check_stop(server, folder, {"export", "-o", "-"},
             "EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = "
             "'idle in transaction' AND clock_timestamp() - state_change > '1 s')");
}
