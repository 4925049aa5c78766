// Rows whose foreign key leads nowhere.
#pragma once

#include "dbkeeper/engines/database.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Requires: the key is not broken.
Orphans find_orphans(Connection& connection, const Table& table, const ForeignKey& key);

}  // namespace dbkeeper::sqlite
