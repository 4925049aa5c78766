// A restore within the database that is there: in one transaction of one session, what the role
// owns of it is dropped, and made again as the backup has it. What others own stays. A process that
// dies meanwhile leaves the old database.
#pragma once

#include <memory>

#include "dbkeeper/engines/connect.h"
#include "engines/postgres/conninfo.h"

namespace dbkeeper::postgres {

// Requires: `conninfo` names a database that exists; the description outlives the target.
std::unique_ptr<RestoreTarget> restore_in_place(const Conninfo& conninfo,
                                                const BackupDescription& description,
                                                const RestoreOptions& restore,
                                                const OpenOptions& options);

}  // namespace dbkeeper::postgres
