// Two destructive runs on one database kept apart.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper {

// Gone when it is destroyed, or with the process, whatever ends it.
class DatabaseLock {
 public:
  virtual ~DatabaseLock() = default;
};

// The database that the address names, which needn't exist, is this process's to destroy. Waits up
// to the lock timeout for whoever has it, then Error(refused) that names them: pid, host, since
// when. Not twice in one process.
std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options);

}  // namespace dbkeeper
