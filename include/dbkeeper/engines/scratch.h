// A database for a while: a backup is restored into it, looked at, and dropped.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper {

// Dropped when this is destroyed; what a killed run left is dropped by the next of its purpose.
class ScratchDatabase {
 public:
  virtual ~ScratchDatabase() = default;
  // For open_database and begin_restore, which makes it; nobody else knows of it, so that it needs
  // no lock. Holds the secrets of the address that it was made of.
  virtual const std::string& address() const = 0;
  virtual const std::string& name() const = 0;  // safe to print
};

// Beside the database that the address names: on its server, or, where a database is a file, in
// `folder`, which must be there. `purpose` is a word that its name contains: "drill".
std::unique_ptr<ScratchDatabase> make_scratch(const std::string& address, std::string_view purpose,
                                              const std::string& folder,
                                              const OpenOptions& options);

}  // namespace dbkeeper
