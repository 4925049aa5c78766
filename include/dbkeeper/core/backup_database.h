// A backup read as the database that it is of: its tables and rows, without a server and without
// being restored.
#pragma once

#include <memory>

#include "dbkeeper/engines/connect.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

// Of its moment; never to be written to. Where a database is a file, its image lies in a file
// without a name in $TMPDIR meanwhile; else memory is a piece of a table for each reader, and the
// schema has no more than the manifest tells: partitions have their rows, and their partitioned
// tables all of them together; tables whose rows aren't in the backup can't be exported. Rows can't
// be chosen by a condition, and a set of those that others refer to has all of its table's.
//
// The archive outlives the database. Requires: it was verified.
std::unique_ptr<Database> open_backup(const BackupArchive& archive, const OpenOptions& options);

// How many rows the manifest says that each table has, partitions included, as exact numbers.
void set_rows(Schema& schema, const BackupDescription& description);

}  // namespace dbkeeper
