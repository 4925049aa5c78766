// What stands in the way of a restore within a database, told before anything is done: what the
// role can't drop, what others own under a name that the backup needs, what it may not make.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/model/backup.h"
#include "engines/postgres/own_objects.h"
#include "engines/postgres/restore_files.h"

namespace dbkeeper::postgres {

// A sentence each; empty: nothing does, as far as the catalog tells. The session's search_path is
// empty.
std::vector<std::string> restore_hindrances(Session& session, const OwnObjects& own,
                                            const RestoreFiles& files,
                                            const BackupDescription& description);

// Warns if the server is older than the backup's, and says so: "the backup was made on PostgreSQL
// 18, and this server is 15"; empty if it isn't.
std::string warn_of_older(Session& session, const BackupDescription& description,
                          Reporter& reporter);

}  // namespace dbkeeper::postgres
