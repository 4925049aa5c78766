// Connecting: settings, refusals and what they say, poolers, stops.
#include <libpq-fe.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/url.h"
#include "engines/postgres/conninfo.h"
#include "engines/postgres/pgbouncer.h"
#include "engines/postgres/sessions.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class RememberingReporter : public SilentReporter {
 public:
  void debug(std::string_view message) override {
    const std::lock_guard lock(mutex_);
    text_.append(message).append("\n");
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

// A session as snapshots and transactions get it.
class Opened {
 public:
  explicit Opened(const std::string& url, Access access = Access::read) {
    OpenOptions options;
    options.access = access;
    options.lock_timeout = milliseconds(1234);
    options.reporter = &reporter_;
    options.stop = &stop_;
    sessions_ = std::make_shared<postgres::Sessions>(postgres::parse_conninfo(url), options);
  }
  std::string show(const std::string& setting) {
    const postgres::Loan session(sessions_);
    return session->value("SHOW " + setting);
  }
  std::unique_ptr<postgres::Session> take() { return sessions_->take(); }
  Stop& stop() { return stop_; }
  std::string debug_lines() const { return reporter_.text(); }

 private:
  RememberingReporter reporter_;
  Stop stop_;
  std::shared_ptr<postgres::Sessions> sessions_;
};

Error refusal(const std::string& address) {
  try {
    open(address);
  } catch (const Error& error) {
    return error;
  }
  FAIL("it connected: " << address);
  return Error(ErrorKind::failed, "");
}

std::string with_host(const std::string& url, const std::string& place) {
  const std::size_t at = url.find('@') + 1;
  return url.substr(0, at) + place + url.substr(url.find('/', at));
}

// A port on which a server listens and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    place_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  const std::string& place() const { return place_; }

 private:
  int socket_;
  std::string place_;
};

}  // namespace

TEST_CASE("a session has the same settings whatever database and role say") {
  ScratchPostgres database;
  database.exec("ALTER DATABASE " + database.name() +
                " SET TimeZone = 'Europe/Berlin'; ALTER DATABASE " + database.name() +
                " SET extra_float_digits = 0; ALTER DATABASE " + database.name() +
                " SET DateStyle = 'German'; ALTER DATABASE " + database.name() +
                " SET bytea_output = 'escape'; ALTER DATABASE " + database.name() +
                " SET statement_timeout = '1ms'; ALTER DATABASE " + database.name() +
                " SET search_path = 'nowhere'");
  Opened opened(database.url());
  CHECK(opened.show("TimeZone") == "UTC");
  CHECK(opened.show("DateStyle") == "ISO, YMD");
  CHECK(opened.show("extra_float_digits") == "3");
  CHECK(opened.show("bytea_output") == "hex");
  CHECK(opened.show("statement_timeout") == "0");
  CHECK(opened.show("lock_timeout") == "1234ms");
  CHECK(opened.show("row_security") == "off");
  CHECK(opened.show("client_encoding") == "UTF8");
  CHECK(opened.show("application_name").starts_with("dbkeeper, pid "));
  CHECK(opened.show("search_path") == "pg_catalog");
  CHECK(opened.show("default_transaction_read_only") == "on");
  CHECK(Opened(database.url(), Access::write).show("search_path") == "nowhere");
}

TEST_CASE("settings in the address's options are made, and the fixed ones win") {
  ScratchPostgres database;
  Opened opened(database.url() +
                "?options=-c%20work_mem%3D7MB%20-c%20TimeZone%3DAsia/Tokyo&application_name=mine");
  CHECK(opened.show("work_mem") == "7MB");
  CHECK(opened.show("TimeZone") == "UTC");
  CHECK(opened.show("application_name") == "mine");
  const Error error = refusal(database.url() + "?options=-c%20no_such_setting%3D1");
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.message(), contains("no_such_setting"));
}

TEST_CASE("parameters of other drivers are dropped with a debug line that names the key only") {
  ScratchPostgres database;
  RememberingReporter reporter;
  const Stop stop;
  OpenOptions options;
  options.reporter = &reporter;
  options.stop = &stop;
  const auto opened =
      open_database(database.url() + "?schema=app&connection_limit=5&token=hunter2", options);
  CHECK(opened->info().limited_to_schema == "app");
  CHECK_THAT(reporter.text(), contains("connection_limit"));
  CHECK_THAT(reporter.text(), !contains("hunter2"));
}

TEST_CASE("a database is found by URL, by key=value string and over its socket") {
  ScratchPostgres database;
  const auto url = *parse_url(database.url());
  const std::string socket =
      database.query("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)");
  const std::string pairs = "host=" + socket + " port=" + url.hosts[0].second +
                            " user=postgres dbname=" + database.name();
  CHECK(open(pairs)->info().name == database.name());
  CHECK(open(pairs)->info().location == socket + ":" + url.hosts[0].second);
  CHECK(open(database.url())->info().location == url.hosts[0].first + ":" + url.hosts[0].second);
  std::string encoded;
  for (const char c : socket) encoded += c == '/' ? std::string("%2F") : std::string(1, c);
  CHECK(open("postgresql+psycopg2://postgres@" + encoded + ":" + url.hosts[0].second + "/" +
             database.name())
            ->info()
            .name == database.name());
}

TEST_CASE("a database says what and where it is") {
  ScratchPostgres database("CREATE TABLE t ()");
  const DatabaseInfo info = open(database.url())->info();
  CHECK(info.engine == "postgresql");
  CHECK(info.name == database.name());
  CHECK(info.user == "postgres");
  CHECK(info.bytes > 1'000'000);
  CHECK(info.server_version ==
        database.query("SELECT split_part(current_setting('server_version'), ' ', 1)"));
  REQUIRE(info.source_id);
  CHECK(*info.source_id == database.query("SELECT system_identifier || '-' || oid FROM "
                                          "pg_control_system(), pg_database "
                                          "WHERE datname = current_database()"));
  database.exec("ALTER DATABASE " + database.name() + " SET dbkeeper.source_id = 'the-old-one'");
  CHECK(open(database.url())->info().source_id == "the-old-one");
}

TEST_CASE("a wrong password is refused with user and place, and isn't shown") {
  ScratchPostgres database("CREATE ROLE keeper_login LOGIN PASSWORD 'right' IN ROLE with_password");
  std::string url = database.url();
  url.replace(url.find("postgres@"), 9, "keeper_login:hunter2@");
  const Error error = refusal(url);
  database.exec("DROP ROLE keeper_login");
  CHECK(error.kind() == ErrorKind::connection);
  CHECK_THAT(error.message(), contains("cannot connect to database \"" + database.name() + "\""));
  CHECK_THAT(error.message(), contains("keeper_login"));
  CHECK_THAT(error.message(), contains("password authentication failed"));
  CHECK_THAT(error.message() + error.hint(), !contains("hunter2"));
}

TEST_CASE("an absent database is refused with the nearest name") {
  ScratchPostgres database;
  const Error error = refusal(database.url() + "x");
  CHECK(error.kind() == ErrorKind::connection);
  CHECK_THAT(error.message(), contains("does not exist"));
  CHECK_THAT(error.hint(), contains("did you mean"));
}

TEST_CASE("an absent server and an unknown host are refused with what to check") {
  std::string place;
  {
    const SilentServer gone;
    place = gone.place();
  }
  const Error absent = refusal("postgresql://bob:hunter2@" + place + "/shop");
  CHECK(absent.kind() == ErrorKind::connection);
  CHECK(absent.message() ==
        "cannot connect to database \"shop\" at " + place + " as \"bob\": Connection refused");
  CHECK_THAT(absent.hint(), contains("is the server running"));
  const Error unknown = refusal("postgresql://bob@no-such-host.invalid/shop");
  CHECK(unknown.kind() == ErrorKind::connection);
  CHECK_THAT(unknown.hint(), contains("host"));
}

TEST_CASE("parameters that libpq refuses are a matter of usage") {
  CHECK(refusal("postgresql://h/d?sslmode=often").kind() == ErrorKind::usage);
  CHECK(refusal("service=no_such_service").kind() == ErrorKind::usage);
}

TEST_CASE("a server that says nothing is given up after connect_timeout") {
  const SilentServer server;
  const auto begin = steady_clock::now();
  const Error error = refusal("postgresql://bob@" + server.place() + "/d?connect_timeout=2");
  CHECK(error.kind() == ErrorKind::connection);
  CHECK_THAT(error.message(), contains("no answer within 2 s"));
  CHECK(steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("of several hosts the next is tried when one is silent") {
  const SilentServer silent;
  ScratchPostgres database;
  const std::string place =
      parse_url(database.url())->hosts[0].first + ":" + parse_url(database.url())->hosts[0].second;
  const auto opened =
      open(with_host(database.url(), silent.place() + "," + place) + "?connect_timeout=2");
  CHECK(opened->info().location == place);
}

TEST_CASE("a stop ends the wait for a server") {
  const SilentServer server;
  SilentReporter reporter;
  Stop stop;
  OpenOptions options;
  options.reporter = &reporter;
  options.stop = &stop;
  std::thread interrupter([&] {
    std::this_thread::sleep_for(milliseconds(150));
    stop.request(SIGINT);
  });
  const auto begin = steady_clock::now();
  try {
    open_database("postgresql://bob@" + server.place() + "/d", options);
    FAIL("it connected");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::interrupted);
  }
  interrupter.join();
  CHECK(steady_clock::now() - begin < std::chrono::seconds(3));
}

TEST_CASE("a stop ends a statement that runs in the server") {
  ScratchPostgres database;
  Opened opened(database.url());
  const auto session = opened.take();
  std::thread interrupter([&] {
    std::this_thread::sleep_for(milliseconds(150));
    opened.stop().request(SIGINT);
  });
  const auto begin = steady_clock::now();
  try {
    session->query("SELECT pg_catalog.pg_sleep(30)");
    FAIL("it slept");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::interrupted);
  }
  interrupter.join();
  CHECK(steady_clock::now() - begin < std::chrono::seconds(5));
  CHECK_THROWS_AS(session->query("SELECT 1"), Error);
}

TEST_CASE("a lost connection is an error, and never replaced in silence") {
  ScratchPostgres database;
  Opened opened(database.url());
  const auto session = opened.take();
  const std::string pid = session->value("SELECT pg_catalog.pg_backend_pid()");
  database.exec("SELECT pg_terminate_backend(" + pid + ", 5000)");
  for (int i = 0; i < 2; ++i) try {
      session->query("SELECT 1");
      FAIL("it went on");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::failed);
      CHECK_THAT(error.message(), contains("lost the connection to database"));
    }
  // libpqxx has closed it by now, and what is asked of it goes to libpq all the same.
  CHECK_FALSE(session->alive());
  CHECK_FALSE(session->command_quietly("SELECT 1"));
  CHECK_THROWS_AS(session->command("SELECT 1"), Error);
}

TEST_CASE("the server's notices are debug lines") {
  ScratchPostgres database;
  Opened opened(database.url(), Access::write);
  const auto session = opened.take();
  session->command("DO $$BEGIN RAISE WARNING 'look here'; END$$");
  CHECK_THAT(opened.debug_lines(), contains("look here"));
}

TEST_CASE("a pooler in transaction mode is refused, and gets no settings of ours") {
  ScratchPostgres database;
  const PgBouncer pooler("transaction");
  const Error error = refusal(with_host(database.url(), pooler.place()));
  CHECK(error.kind() == ErrorKind::connection);
  CHECK_THAT(error.message(), contains("transaction mode"));
  CHECK_THAT(error.hint(), contains("5432"));
  CHECK(pooler.ask(database.name(), "SHOW default_transaction_read_only") == "off");
  CHECK(pooler.ask(database.name(), "SHOW TimeZone") == database.query("SHOW TimeZone"));
}

TEST_CASE("a pooler in session mode is as good as the server") {
  ScratchPostgres database("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
  const PgBouncer pooler("session");
  const auto opened =
      open(with_host(database.url(), pooler.place()) + "?options=-c%20work_mem%3D7MB");
  const auto snapshot = opened->snapshot();
  const Schema schema = snapshot->schema();
  REQUIRE(schema.tables.size() == 1);
  CHECK(snapshot->count(schema.tables[0]) == 1);
}

}  // namespace dbkeeper::testing
