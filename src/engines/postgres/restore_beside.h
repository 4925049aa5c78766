// A database that is built whole under another name, and takes the old one's place by two renames
// in one transaction. The old one stays, under the name <database>_before_<time>.
#pragma once

#include <memory>

#include "engines/postgres/conninfo.h"
#include "engines/postgres/maintenance.h"

namespace dbkeeper::postgres {

// Requires: `conninfo` names the database; the description outlives the target.
std::unique_ptr<RestoreTarget> restore_beside(std::unique_ptr<Maintenance> maintenance,
                                              const Conninfo& conninfo,
                                              const BackupDescription& description,
                                              const RestoreOptions& restore,
                                              const OpenOptions& options);

}  // namespace dbkeeper::postgres
