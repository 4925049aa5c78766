// The PostgreSQL engine, version 13 and later. Everything that knows libpq or libpqxx is in this
// folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "dbkeeper/engines/lock.h"
#include "dbkeeper/engines/put_back.h"
#include "dbkeeper/engines/scratch.h"

namespace dbkeeper::postgres {

// Whether `address` is a PostgreSQL URL in one of its dialects or libpq's key=value string.
bool recognises(std::string_view address);

// Connects, checks that the server can be used (version, no pooler in transaction mode), and gives
// the session its fixed settings. Requires: recognises(address).
std::unique_ptr<Database> open(const std::string& address, const OpenOptions& options);

// What the address calls the database; empty if it leaves that to others.
std::string database_name(const std::string& address);

// Of a description of this engine. They outlive the target.
std::unique_ptr<RestoreTarget> begin_restore(const std::string& address,
                                             const BackupDescription& description,
                                             const RestoreOptions& restore,
                                             const OpenOptions& options);

std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options,
                                            const std::vector<std::string>& tokens);

std::unique_ptr<RestoreTarget> begin_put_back(const std::string& address, const std::string& aside,
                                              const RestoreOptions& restore,
                                              const OpenOptions& options);

std::unique_ptr<ScratchDatabase> make_scratch(const std::string& address, std::string_view purpose,
                                              const OpenOptions& options);

}  // namespace dbkeeper::postgres
