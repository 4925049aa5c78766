// Whether a server's disk has room for what a restore brings, as far as that can be known from
// here.
#pragma once

#include "dbkeeper/model/backup.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Error(failed) with what there is and what it takes. Silent where the server is elsewhere, or the
// role may not know where its data lie.
void check_disk_space(Session& session, const BackupDescription& description);

}  // namespace dbkeeper::postgres
