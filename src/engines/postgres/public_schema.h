// The schema public: a dump takes it for granted as the server makes it in a new database, and says
// only how it differs. Once dropped and made again, it is like any other schema.
#pragma once

#include <string>
#include <vector>

#include "engines/postgres/dump_script.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Gives it the owner, the rights and the comment that it has in a new database, for the script to
// follow. What this role may not give, and the script doesn't, is told in `left_out`.
// Requires: a transaction, and the schema in it.
void reset_public(Session& session, const std::vector<ScriptEntry>& script,
                  std::vector<std::string>& left_out);

}  // namespace dbkeeper::postgres
