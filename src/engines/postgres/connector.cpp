#include "engines/postgres/connector.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "dbkeeper/base/text.h"
#include "engines/postgres/canceller.h"
#include "engines/postgres/connection_failure.h"
#include "engines/postgres/errors.h"
#include "engines/postgres/readiness.h"

namespace dbkeeper::postgres {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kDefaultTimeout{10};
constexpr milliseconds kStopLook{100};
constexpr milliseconds kRetry{200};

// A network that went away is noticed within a minute or two, not hours. A service file may say
// otherwise, which what is given here would overrule.
std::vector<std::pair<const char*, const char*>> patience_defaults(const Conninfo& conninfo) {
  static constexpr std::array<std::pair<const char*, const char*>, 4> kDefaults = {
      {{"keepalives_idle", "30"},
       {"keepalives_interval", "10"},
       {"keepalives_count", "6"},
       {"tcp_user_timeout", "90000"}}};
  if (conninfo.find("service") || std::getenv("PGSERVICE")) return {};
  std::vector<std::pair<const char*, const char*>> out;
  for (const auto& [keyword, value] : kDefaults)
    if (!conninfo.find(keyword)) out.emplace_back(keyword, value);
  return out;
}

RawConnection start(const Conninfo& conninfo) {
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : conninfo.parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  for (const auto& [keyword, value] : patience_defaults(conninfo)) {
    keywords.push_back(keyword);
    values.push_back(value);
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  RawConnection connection(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!connection) throw std::bad_alloc();
  // So that a refusal carries its SQLSTATE, which no function of libpq tells.
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  // What the server remarks while it connects is about its settings, and nobody's question.
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

// A parameter as it stands after environment, service file and defaults.
std::string effective(PGconn* connection, std::string_view keyword) {
  const RawConninfo all(PQconninfo(connection));
  for (const PQconninfoOption* o = all.get(); o && o->keyword; ++o)
    if (o->keyword == keyword) return text_or_empty(o->val);
  return {};
}

// 0: wait for ever. libpq itself takes 1 for 2.
seconds timeout_of(PGconn* connection) {
  const std::string text = effective(connection, "connect_timeout");
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc()) return kDefaultTimeout;
  return seconds(number <= 0 ? 0 : std::max(number, 2));
}

// Whom libpq is trying at the moment: each gets the whole time.
std::string attempt(PGconn* connection) {
  return fmt::format("{} {} {}", text_or_empty(PQhost(connection)),
                     text_or_empty(PQhostaddr(connection)), text_or_empty(PQport(connection)));
}

// Whether the socket is ready, after a short wait.
bool wait_for(PGconn* connection, PostgresPollingStatusType direction) {
  pollfd socket{PQsocket(connection),
                static_cast<short>(direction == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
  return poll(&socket, 1, static_cast<int>(kStopLook.count())) > 0;
}

enum class End { connected, failed, timed_out };

// libpq's polling protocol: after the start, wait as if it had asked to write.
End drive(PGconn* connection, const Stop& stop) {
  if (PQstatus(connection) == CONNECTION_BAD) return End::failed;
  const seconds timeout = timeout_of(connection);
  auto wanted = PGRES_POLLING_WRITING;
  std::string trying = attempt(connection);
  Clock::time_point deadline = Clock::now() + timeout;
  while (true) {
    stop.check();
    if (wait_for(connection, wanted)) {
      wanted = PQconnectPoll(connection);
      if (wanted == PGRES_POLLING_OK) return End::connected;
      if (wanted == PGRES_POLLING_FAILED) return End::failed;
      if (std::string now = attempt(connection); now != trying) {
        trying = std::move(now);
        deadline = Clock::now() + timeout;
      }
    }
    if (timeout.count() > 0 && Clock::now() > deadline) return End::timed_out;
  }
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (true) {
    const std::size_t comma = list.find(',', begin);
    out.push_back(list.substr(begin, comma - begin));
    if (comma == std::string::npos) return out;
    begin = comma + 1;
  }
}

// `list` from its entry `first` on; as it is if it is one value for all hosts.
std::string rest(const std::string& list, std::size_t first, std::size_t hosts) {
  const std::vector<std::string> entries = split(list);
  if (entries.size() != hosts) return list;
  return join({entries.begin() + static_cast<std::ptrdiff_t>(first), entries.end()}, ",");
}

// Takes the hosts up to the one that didn't answer off the list, which libpq can't be told to do;
// false if none is left.
bool drop_silent_host(PGconn* connection, Conninfo& conninfo) {
  const std::string hosts = effective(connection, "host");
  const std::string addresses = effective(connection, "hostaddr");
  const std::string ports = effective(connection, "port");
  const std::vector<std::string> names = split(hosts.empty() ? addresses : hosts);
  const std::vector<std::string> numbers = split(ports);
  const std::string host = text_or_empty(PQhost(connection));
  const std::string port = text_or_empty(PQport(connection));
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const std::string& number = numbers.size() == names.size() ? numbers[i] : ports;
    if (names[i] != host || (!number.empty() && number != port)) continue;
    if (!hosts.empty()) conninfo.set("host", rest(hosts, i + 1, names.size()));
    if (!addresses.empty()) conninfo.set("hostaddr", rest(addresses, i + 1, names.size()));
    if (!ports.empty()) conninfo.set("port", rest(ports, i + 1, names.size()));
    return true;
  }
  return false;
}

// The names of the databases that the same user can see; empty if even that fails.
std::vector<std::string> database_names(Conninfo conninfo, const Stop& stop) {
  conninfo.set("dbname", "postgres");
  const RawConnection connection = start(conninfo);
  if (drive(connection.get(), stop) != End::connected) return {};
  Canceller canceller(connection.get(), stop);
  const Blocking blocking(canceller);
  const RawResult result(PQexec(
      connection.get(),
      "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate"));
  std::vector<std::string> out;
  for (int row = 0; row < PQntuples(result.get()); ++row)
    out.emplace_back(PQgetvalue(result.get(), row, 0));
  return out;
}

// What came of one round over all hosts.
struct Round {
  RawConnection connection;
  Conninfo conninfo;    // of the hosts that were left
  std::string message;  // why there is no connection
  bool connected = false;
};

Round try_hosts(const Conninfo& conninfo, const Stop& stop) {
  Round round{nullptr, conninfo, {}};
  while (true) {
    round.connection = start(round.conninfo);
    PGconn* connection = round.connection.get();
    const End end = drive(connection, stop);
    if (end == End::timed_out && drop_silent_host(connection, round.conninfo)) continue;
    round.connected = end == End::connected;
    if (end == End::failed) round.message = text_or_empty(PQerrorMessage(connection));
    if (end == End::timed_out)
      round.message = fmt::format("no answer within {} s", timeout_of(connection).count());
    return round;
  }
}

Error why_not(const Round& round, const Stop& stop) {
  const Target target = target_of(round.connection.get());
  Error error = cannot_connect(target, round.message);
  if (connection_sqlstate(round.message) != "3D000") return error;
  const std::vector<std::string> names = database_names(round.conninfo, stop);
  if (const auto near = nearest(target.database, names))
    error.hint(fmt::format("did you mean \"{}\"?", *near));
  else if (!names.empty())
    error.hint("the server has: " +
               join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(
                                                        std::min<std::size_t>(names.size(), 8))},
                    ", "));
  return error;
}

}  // namespace

RawConnection connect(const Conninfo& conninfo, const OpenOptions& options) {
  Round round = try_hosts(conninfo, *options.stop);
  if (!round.connected) throw why_not(round, *options.stop);
  PQsetErrorVerbosity(round.connection.get(), PQERRORS_DEFAULT);
  return std::move(round.connection);
}

void await_server(const std::string& address, milliseconds patience, const OpenOptions& options) {
  const Conninfo conninfo = parse_conninfo(address);
  const Clock::time_point end = Clock::now() + patience;
  for (bool told = false;; told = true) {
    const Round round = try_hosts(conninfo, *options.stop);
    const ConnectionFailure failure = last_failure(round.message);
    if (round.connected || !is_not_up_yet(failure)) return;
    const std::string place = target_of(round.connection.get()).place();
    if (Clock::now() >= end)
      return options.reporter->info(fmt::format("the server at {} has not come up", place));
    if (!told)
      options.reporter->info(
          fmt::format("waiting for the server at {}: {}", place, failure.reason));
    std::this_thread::sleep_for(kRetry);
    options.stop->check();
  }
}

}  // namespace dbkeeper::postgres
