#include "engines/postgres/advisory_lock.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

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

std::string holder_of(Session& session, const std::string& database) {
  std::string holder = "another dbkeeper";
  for (const auto& row : session.query(fmt::format(
           "SELECT a.pid, a.application_name, a.backend_start::pg_catalog.text AS since "
           "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
           "WHERE l.locktype = 'advisory' AND l.classid = {} AND l.granted AND l.database = "
           "(SELECT oid FROM pg_catalog.pg_database WHERE datname = "
           "pg_catalog.current_database()) AND l.objid = "
           "(pg_catalog.hashtext({})::pg_catalog.int8 & 4294967295)::pg_catalog.oid",
           kLockClass, literal(database))))
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

void lock(Session& session, const std::string& database, const OpenOptions& options) {
  const auto give_up = Clock::now() + options.lock_timeout;
  while (!try_lock(session, database)) {
    if (Clock::now() >= give_up)
      throw Error(ErrorKind::refused, fmt::format("the database '{}' is being changed by {}",
                                                  database, holder_of(session, database)))
          .hint("try again once it is done; --lock-timeout sets how long to wait");
    options.stop->check();
    std::this_thread::sleep_for(kLookAgain);
  }
}

void keep_alive(Session& session) {
  session.command("SET application_name = " + literal(own_application_name()));
  if (session.server_version() >= kVersion14) session.command("SET idle_session_timeout = 0");
}

}  // namespace dbkeeper::postgres
