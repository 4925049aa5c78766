// Whether a database is sound: what an engine accepts silently and a migration or restore stumbles
// over later.
#pragma once

#include <cstdint>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/engines/database.h"

namespace dbkeeper {

struct CheckReport {
  DatabaseInfo database;
  Schema schema;
  std::vector<MigrationState> migrations;
  std::vector<Finding> findings;
  std::vector<Finding> fixed;  // found, and put right
};

struct CheckOptions {
  Depth depth = Depth::full;
  bool fix_sequences = false;  // Requires: the database was opened for writing
};

// Carries out every check that the depth has; a problem is a finding, never an exception. Throws
// only where no check is possible any more: the connection is lost, a lock isn't got, a stop.
CheckReport check(Database& database, const CheckOptions& options, Reporter& reporter,
                  const Stop& stop);

}  // namespace dbkeeper
