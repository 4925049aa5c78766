// The SQLite engine's door.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper::sqlite {

// Whether the address is for this engine: sqlite:, sqlite3:, sqlite+driver:, file:, or a path.
bool recognises(std::string_view address);

// Requires: recognises(address).
std::unique_ptr<Database> open(const std::string& address, const OpenOptions& options);

}  // namespace dbkeeper::sqlite
