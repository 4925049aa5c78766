// What stands in the way of a restore within a database, told before anything is done: what the
// role can't drop, what others own under a name that the backup needs, what it may not make.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/backup.h"
#include "engines/postgres/own_objects.h"
#include "engines/postgres/restore_files.h"

namespace dbkeeper::postgres {

// A sentence each; empty: nothing does, as far as the catalog tells. The session's search_path is
// empty.
std::vector<std::string> restore_hindrances(Session& session, const OwnObjects& own,
                                            const RestoreFiles& files,
                                            const BackupDescription& description);

}  // namespace dbkeeper::postgres
