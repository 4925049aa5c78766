#include "engines/postgres/other_sessions.h"

#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"

namespace dbkeeper::postgres {

std::vector<OtherSession> sessions_on(Session& session, const std::string& database) {
  std::vector<OtherSession> out;
  for (const auto& row : session.query(sql::kOtherSessions)) {
    if (row["datname"].c_str() != database) continue;
    const std::string application = row["application_name"].c_str();
    out.push_back({row["pid"].c_str(),
                   fmt::format("pid {}, user {}{}", row["pid"].c_str(), row["usename"].c_str(),
                               application.empty() ? "" : ", " + application),
                   application == own_application_name(), row["may_end"].c_str()[0] == 't'});
  }
  return out;
}

std::vector<std::string> others_of(const std::vector<OtherSession>& sessions) {
  std::vector<std::string> out;
  for (const OtherSession& session : sessions)
    if (!session.own) out.push_back(session.who);
  return out;
}

void end_session(Session& session, const OtherSession& other) noexcept {
  session.command_quietly("SELECT pg_catalog.pg_terminate_backend(" + other.process + ")");
}

}  // namespace dbkeeper::postgres
