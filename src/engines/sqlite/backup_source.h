// A backup of an SQLite database: its pages at one moment, and the proof that they are sound.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dbkeeper/engines/backup.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Copies the database, whoever writes to it meanwhile, into a file without a name in $TMPDIR, and
// closes the connection. What the source then gives is that copy; while its bytes are read, SQLite
// checks it and its tables' rows are added up, over a second thread. `options` were those with
// which the connection was opened.
std::unique_ptr<BackupSource> begin_backup(std::unique_ptr<Connection> connection,
                                           const OpenOptions& options,
                                           const std::optional<std::string>& source_id,
                                           const BackupOptions& backup);

}  // namespace dbkeeper::sqlite
