// What tells one server from another, by whichever address it is reached.
#pragma once

#include <string>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Empty where it can't be told: some providers keep it to themselves.
std::string system_identifier(Session& session);

}  // namespace dbkeeper::postgres
