// A user's own SQL about a table's columns.
#pragma once

#include <string>

#include "dbkeeper/model/schema.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// The condition as it stands in a larger statement, whatever comment it ends with. Requires: it was
// checked, and the statement names the table without an alias.
std::string bracketed(const std::string& condition);

// Throws Error(usage) unless `condition` is one condition about the table's columns, complete in
// itself. It isn't run.
void check_condition(Connection& connection, const Table& table, const std::string& condition);

}  // namespace dbkeeper::sqlite
