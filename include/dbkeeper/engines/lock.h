// Two destructive runs on one database kept apart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper {

// Gone when it is destroyed, or with the process, whatever ends it.
class DatabaseLock {
 public:
  virtual ~DatabaseLock() = default;
  // A secret by which a program that this process starts shows that it works under this lock.
  virtual const std::string& token() const = 0;
};

// The database that the address names, which needn't exist, is this process's to destroy. Waits up
// to the lock timeout for whoever has it, then Error(refused) that names them: pid, host, since
// when. Not twice in one process. Where the lock that is in the way has one of the `tokens`, the
// work is done under that one. Error(refused) also where none can be made; a file system without
// locks is warned of.
std::unique_ptr<DatabaseLock> lock_database(const std::string& address, const OpenOptions& options,
                                            const std::vector<std::string>& tokens = {});

// Gone when it is destroyed, or with the process, whatever ends it.
class WriteHold {
 public:
  virtual ~WriteHold() = default;
};

// Where a database is a file: nobody writes to it as long as this lives, and readers go on. Nothing
// else: what a server could do, a setting, would outlive a kill, and hinder its users. Nothing
// where the file can't be held in time either.
std::unique_ptr<WriteHold> hold_writers(const std::string& address, const OpenOptions& options);

}  // namespace dbkeeper
