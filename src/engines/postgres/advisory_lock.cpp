#include "engines/postgres/advisory_lock.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <thread>

#include "dbkeeper/base/digest.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLockClass = 0x64626b70;  // "dbkp"
constexpr std::chrono::milliseconds kLookAgain{100};
constexpr int kVersion14 = 140000;

std::string key_of(const std::string& database) {
  return fmt::format("{}, pg_catalog.hashtext({})", kLockClass, literal(database));
}

// As pg_locks shows a lock under one number.
struct LockNumber {
  std::uint32_t high = 0, low = 0;
};

LockNumber number_of(const std::string& token) {
  const std::string digest = sha256_hex(token);
  const auto part = [&](std::size_t begin) {
    return static_cast<std::uint32_t>(std::stoul(digest.substr(begin, 8), nullptr, 16));
  };
  return {part(0), part(8)};
}

// Sessions of this database that hold the lock.
std::string holders_of(const std::string& database) {
  return fmt::format(
      "SELECT l.pid, l.database FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND "
      "l.classid = {} AND l.granted AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE "
      "datname = pg_catalog.current_database()) AND l.objid = "
      "(pg_catalog.hashtext({})::pg_catalog.int8 & 4294967295)::pg_catalog.oid AND l.objsubid = 2",
      kLockClass, literal(database));
}

bool is_holders(Session& session, const std::string& database, const std::string& token) {
  const LockNumber number = number_of(token);
  return session.value(fmt::format(
             "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks m JOIN ({}) h ON h.pid = m.pid AND "
             "h.database = m.database WHERE m.locktype = 'advisory' AND m.granted AND "
             "m.objsubid = 1 AND m.classid = {} AND m.objid = {})",
             holders_of(database), number.high, number.low)) == "t";
}

std::string holder_of(Session& session, const std::string& database) {
  std::string holder = "another dbkeeper";
  for (const auto& row : session.query(fmt::format(
           "SELECT a.pid, a.application_name, a.backend_start::pg_catalog.text AS since "
           "FROM pg_catalog.pg_stat_activity a JOIN ({}) h ON h.pid = a.pid",
           holders_of(database))))
    holder = fmt::format("{} (server process {}, since {})", row["application_name"].c_str(),
                         row["pid"].c_str(), row["since"].c_str());
  return holder;
}

}  // namespace

bool try_lock(Session& session, const std::string& database) {
  return session.value(
             fmt::format("SELECT pg_catalog.pg_try_advisory_lock({})", key_of(database))) == "t";
}

void release_lock(Session& session, const std::string& database) {
  session.query(fmt::format("SELECT pg_catalog.pg_advisory_unlock({})", key_of(database)));
}

std::optional<std::string> lock(Session& session, const std::string& database,
                                const OpenOptions& options,
                                const std::vector<std::string>& tokens) {
  const auto give_up = Clock::now() + options.lock_timeout;
  while (!try_lock(session, database)) {
    for (const std::string& token : tokens)
      if (is_holders(session, database, token)) return token;
    if (Clock::now() >= give_up)
      throw Error(ErrorKind::refused, fmt::format("the database '{}' is being changed by {}",
                                                  database, holder_of(session, database)))
          .hint("try again once it is done; --lock-timeout sets how long to wait");
    options.stop->check();
    std::this_thread::sleep_for(kLookAgain);
  }
  return std::nullopt;
}

void show_token(Session& session, const std::string& token) {
  const LockNumber number = number_of(token);
  session.query(
      fmt::format("SELECT pg_catalog.pg_advisory_lock({})",
                  static_cast<std::int64_t>(std::uint64_t{number.high} << 32 | number.low)));
}

void keep_alive(Session& session) {
  session.command("SET application_name = " + literal(own_application_name()));
  if (session.server_version() >= kVersion14) session.command("SET idle_session_timeout = 0");
}

}  // namespace dbkeeper::postgres
