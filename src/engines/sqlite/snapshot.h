// A view of the file at one moment: a read transaction.
#pragma once

#include <memory>

#include "dbkeeper/engines/database.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

std::unique_ptr<Snapshot> begin_snapshot(std::unique_ptr<Connection> connection);

}  // namespace dbkeeper::sqlite
