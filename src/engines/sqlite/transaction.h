// A change of the file, all or nothing.
#pragma once

#include <memory>

#include "dbkeeper/engines/database.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Takes the write lock at once: waiting for it later, with a read lock in hand, could never end.
std::unique_ptr<Transaction> begin_transaction(std::unique_ptr<Connection> connection);

}  // namespace dbkeeper::sqlite
