// The SQLite engine's door.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "dbkeeper/engines/lock.h"
#include "dbkeeper/engines/scratch.h"

namespace dbkeeper::sqlite {

// Whether the address is for this engine: sqlite:, sqlite3:, sqlite+driver:, file:, or a path.
bool recognises(std::string_view address);

// Requires: recognises(address).
std::unique_ptr<Database> open(const std::string& address, const OpenOptions& options);

// What the database that the address means is called, whether its file is there or not.
// Error(usage) if the address names no file.
std::string database_name(const std::string& address);

// Of a description of this engine. They outlive the target.
std::unique_ptr<RestoreTarget> begin_restore(const std::string& address,
                                             const BackupDescription& description,
                                             const RestoreOptions& restore,
                                             const OpenOptions& options);

std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options,
                                            const std::vector<std::string>& tokens);

std::unique_ptr<WriteHold> hold_writers(const std::string& address, const OpenOptions& options);

std::unique_ptr<ScratchDatabase> make_scratch(const std::string& address, std::string_view purpose,
                                              const std::string& folder,
                                              const OpenOptions& options);

}  // namespace dbkeeper::sqlite
