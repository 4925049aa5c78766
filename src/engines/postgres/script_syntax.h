// Whether a server's own parser takes a script, which is not run.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// The first statement that it doesn't take, and why: "table users: syntax error at or near …".
// Requires: the session is in no transaction.
std::optional<std::string> syntax_error_in(std::string_view script, Session& session);

}  // namespace dbkeeper::postgres
