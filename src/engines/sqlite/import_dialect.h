// How SQLite imports: its side of the set-based SQL in engines/staging.
#pragma once

#include <memory>

#include "engines/sqlite/connection.h"
#include "engines/staging/dialect.h"

namespace dbkeeper::sqlite {

// Rows are staged without a lock on the database; lock() takes the one for writing.
std::unique_ptr<staging::Dialect> import_dialect(std::unique_ptr<Connection> connection);

}  // namespace dbkeeper::sqlite
