#include "dbkeeper/engines/session_watch.h"

#include <libpq-fe.h>

#include <chrono>
#include <thread>

#include "engines/postgres/pgbouncer.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using namespace std::chrono_literals;

SilentReporter reporter;
const Stop stop;

OpenOptions options() { return {.reporter = &reporter, .stop = &stop}; }

// Another program's session.
class Client {
 public:
  explicit Client(const ScratchPostgres& scratch, const std::string& name)
      : connection_(PQconnectdb((scratch.url() +
                                 (scratch.url().find('?') == std::string::npos ? "?" : "&") +
                                 "application_name=" + name)
                                    .c_str())) {
    REQUIRE(PQstatus(connection_) == CONNECTION_OK);
  }
  ~Client() { PQfinish(connection_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void exec(const char* sql) { PQclear(PQexec(connection_, sql)); }
  void send(const char* sql) { PQsendQuery(connection_, sql); }
  int pid() const { return PQbackendPID(connection_); }

 private:
  PGconn* connection_;
};

template <class Condition>
SessionReport seen(SessionWatch& watch, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!condition(watch.so_far()) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(20ms);
  return watch.finish();
}

}  // namespace

TEST_CASE("who is in the way of a program is named, with what it does") {
  const ScratchPostgres scratch("CREATE TABLE users (id int); INSERT INTO users VALUES (1)");
  Client blocker(scratch, "nosy");
  blocker.exec("BEGIN");
  blocker.exec("UPDATE users SET id = 2");
  const auto watch = watch_sessions(scratch.url(), options());
  Client program(scratch, "program");
  program.send("ALTER TABLE users ADD name text");
  const auto report = seen(*watch, [](const SessionReport& now) { return !now.waits.empty(); });
  blocker.exec("ROLLBACK");
  REQUIRE(report.waits.size() == 1);
  CHECK(report.waits[0].pid == blocker.pid());
  CHECK(report.waits[0].waited == "users");
  CHECK(report.waits[0].seconds >= 1);
  INFO(report.waits[0].who);
  CHECK(report.waits[0].who.find("nosy, idle in transaction for") != std::string::npos);
  CHECK(report.waits[0].who.find("UPDATE users SET id = 2") != std::string::npos);
  CHECK(report.held_up == 0);
}

TEST_CASE("the locks that a program takes are seen, others' aren't") {
  const ScratchPostgres scratch("CREATE TABLE users (id int); CREATE TABLE orders (id int)");
  Client other(scratch, "other");
  const auto watch = watch_sessions(scratch.url(), options());
  other.exec("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
  Client program(scratch, "program");
  program.exec("BEGIN; ALTER TABLE users ADD name text; CREATE TABLE new (id int)");
  const auto report = seen(*watch, [](const SessionReport& now) {
    return !now.locks.empty() && now.locks[0].seconds > 0.1;
  });
  REQUIRE(report.locks.size() == 1);
  CHECK(report.locks[0].relation == "users");
  CHECK(report.locks[0].mode == "ACCESS EXCLUSIVE");
  CHECK(report.locks[0].stops_readers);
  CHECK(report.waits.empty());
}

TEST_CASE("a watch that can't connect sees nothing, and hurts nobody") {
  const auto watch = watch_sessions(postgres_url("no_such_database"), options());
  CHECK(watch->finish().locks.empty());
  CHECK(watch_sessions("sqlite:///x.db", options())->finish().waits.empty());
}

TEST_CASE("a lock timeout is added to the options that a program's sessions begin with") {
  const ScratchPostgres scratch;
  const auto variables = [&](const Variables& environment) {
    return lock_timeout_variables(scratch.url(), 1500ms, environment, options());
  };
  CHECK(variables({}) == Variables{{"PGOPTIONS", "-c lock_timeout=1500"}});
  CHECK(variables({{"PGOPTIONS", "-c work_mem=8MB"}}) ==
        Variables{{"PGOPTIONS", "-c work_mem=8MB -c lock_timeout=1500"}});
  CHECK(variables({{"PGOPTIONS", "--lock_timeout=5s"}}).empty());
  CHECK(variables({{"PGOPTIONS", "-c no.such_setting=1 -c nonsense=1"}}).empty());
  CHECK(lock_timeout_variables("sqlite:///x.db", 1s, {}, options()).empty());
}

TEST_CASE("a pooler that would refuse a lock timeout isn't given one") {
  ScratchPostgres scratch("CREATE TABLE t (a int)");
  const PgBouncer pooler("session");
  const std::string through = "postgresql://" + scratch.query("SELECT current_user") + "@" +
                              pooler.place() + "/" + scratch.name();
  CHECK(open(through)->snapshot()->schema().tables.size() == 1);
  CHECK(lock_timeout_variables(through, 1s, {}, options()).empty());
}

}  // namespace dbkeeper::testing
