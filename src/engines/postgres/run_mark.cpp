#include "engines/postgres/run_mark.h"

#include <chrono>
#include <thread>

#include "engines/postgres/quoted_name.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kDatabase = "database ";
constexpr std::string_view kTransaction = "transaction ";

// A server notices within some seconds that the client of a transaction was killed.
constexpr std::chrono::milliseconds kLookAgain{200};
constexpr int kMostLooks = 50;

// Numbers of a server that was made anew from a backup begin again: one that is yet to come, or
// long forgotten, says nothing.
std::optional<bool> was_committed(Session& session, const std::string& number) {
  const std::string sql =
      "SELECT CASE WHEN " + literal(number) +
      "::pg_catalog.xid8 < pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) THEN "
      "coalesce(pg_catalog.pg_xact_status(" +
      literal(number) + "::pg_catalog.xid8), '') ELSE '' END";
  std::string status;
  for (int i = 0; i < kMostLooks; ++i) {
    status = session.value(sql);
    if (status != "in progress") break;
    session.check_stop();
    std::this_thread::sleep_for(kLookAgain);
  }
  if (status == "committed") return true;
  if (status == "aborted") return false;
  return std::nullopt;
}

}  // namespace

std::string mark_of_database(const std::string& number) { return std::string(kDatabase) + number; }

std::string mark_of_transaction(Session& session) {
  return std::string(kTransaction) + session.value("SELECT pg_catalog.pg_current_xact_id()");
}

std::optional<bool> has_happened(const std::string& mark, const std::string& address,
                                 const OpenOptions& options) {
  Session session(parse_conninfo(address), options);
  if (mark.starts_with(kDatabase))
    return session.value(
               "SELECT oid FROM pg_catalog.pg_database "
               "WHERE datname = pg_catalog.current_database()") != mark.substr(kDatabase.size());
  if (mark.starts_with(kTransaction))
    return was_committed(session, mark.substr(kTransaction.size()));
  return std::nullopt;
}

}  // namespace dbkeeper::postgres
