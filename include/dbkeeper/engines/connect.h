// From what a user wrote to an open database. The one place above the engines that knows which
// engines there are.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/backup.h"
#include "dbkeeper/engines/database.h"

namespace dbkeeper {

enum class Access { read, write };

struct OpenOptions {
  Access access = Access::read;
  std::chrono::milliseconds lock_timeout{10'000};
  Reporter* reporter = nullptr;  // debug lines; not null
  const Stop* stop = nullptr;    // not null; outlives the database
};

// Opens the database that `address` names: a URL in any of the accepted dialects, libpq's key=value
// string, or a path. Never creates one. An address that makes no sense is Error(usage), a database
// that can't be reached, opened or read is Error(connection).
std::unique_ptr<Database> open_database(const std::string& address, const OpenOptions& options);

// A database of the description's engine on its way back to where the address says; it needn't
// exist yet. An address of another engine is Error(usage). The description outlives the target.
// Requires: a lock (engines/lock.h) on the database is held by this process as long as it lives.
std::unique_ptr<RestoreTarget> begin_restore(const std::string& address,
                                             const BackupDescription& description,
                                             const RestoreOptions& restore,
                                             const OpenOptions& options);

// Which database an address names, told without asking it.
struct NamedDatabase {
  std::string engine;
  std::string name;  // as DatabaseInfo has it; empty where the server alone knows
};
NamedDatabase named_database(const std::string& address);

// Whether a text can only be meant as a database's address: a URL, libpq's key=value string. A path
// can't: what it leads to may be anything.
bool is_database_address(const std::string& text);

// Whether a file is a database of an engine that keeps one in a file, by its content: its path is
// an address then.
bool is_database_file(const std::string& path);

}  // namespace dbkeeper
