// A moment of a whole database: schema as pg_dump writes it, rows by COPY over several sessions,
// sequences, large objects.
#pragma once

#include <memory>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

// `info`: of the database.
std::unique_ptr<BackupSource> begin_backup(std::shared_ptr<Sessions> sessions,
                                           const DatabaseInfo& info, const BackupOptions& options);

}  // namespace dbkeeper::postgres
