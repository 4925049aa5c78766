// SQLite's own view of a file's health.
#pragma once

#include <vector>

#include "dbkeeper/engines/database.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// At Depth::quick only whether the file is whole by its header; else every page and index.
// Damage that stops the check itself is a finding too.
std::vector<Finding> check_integrity(Connection& connection, const Schema& schema, Depth depth);

}  // namespace dbkeeper::sqlite
