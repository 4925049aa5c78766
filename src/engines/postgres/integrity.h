// The server's own view of its health.
#pragma once

#include <vector>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Invalid indexes and checksum failures; at full depth also what the extension amcheck finds, where
// it is installed and this role may run it.
// Requires: in a snapshot's transaction.
std::vector<Finding> check_integrity(Session& session, Depth depth);

}  // namespace dbkeeper::postgres
