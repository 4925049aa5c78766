// The pieces of a backup's streams on their way into tables that are there already.
#pragma once

#include <map>

#include "dbkeeper/engines/backup.h"
#include "engines/postgres/partition_roots.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// How a session that restores differs from others: names are whole, nothing is checked that is
// checked later, and what it writes is safe once the restore is committed, not before.
inline constexpr const char* kRestoreSettings =
    "SELECT pg_catalog.set_config('search_path', '', false); SET check_function_bodies = off; "
    "SET synchronous_commit = off";

// Writes a piece of a stream of the description. `roots` as the tables are now.
void load_piece(Session& session, const BackupDescription& description,
                const std::map<TableName, PartitionRoot>& roots, std::size_t stream,
                std::string_view piece);

}  // namespace dbkeeper::postgres
