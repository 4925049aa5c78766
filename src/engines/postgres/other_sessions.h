// Who else works with a database: sessions that a restore refuses, or ends.
#pragma once

#include <string>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct OtherSession {
  std::string process;
  std::string who;       // "pid 4711, user app, psql"
  bool own = false;      // of this process
  bool may_end = false;  // this role may
};

// Of clients, on a database of the session's server, without the session itself.
std::vector<OtherSession> sessions_on(Session& session, const std::string& database);

// What those of other processes are called.
std::vector<std::string> others_of(const std::vector<OtherSession>& sessions);

// One by one: one that can't be ended keeps none of the others. As Session::command_quietly().
void end_session(Session& session, const OtherSession& other) noexcept;

}  // namespace dbkeeper::postgres
