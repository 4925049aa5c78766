// Where an import's temporary tables lie. For each object that comes into a database SQLite goes
// through all that are there: a schema of thousands of tables, each with several temporary ones,
// would take a time that grows with their square. So they are spread over as many databases as a
// connection can have.
#pragma once

#include <string>
#include <string_view>

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Requires: no transaction is open.
void attach_temporary_databases(Connection& connection);

// The name of the one in which the temporary table `name` is, or will be.
std::string temporary_database_of(std::string_view name);

}  // namespace dbkeeper::sqlite
