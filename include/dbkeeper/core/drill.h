// The proof that counts: a backup restored, and what came of it compared with what the backup says.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

struct DrillReport {
  // Tables, columns, keys, rows and large objects that aren't as they were, in words, or why it
  // can't be restored at all; empty: it is the same database.
  std::vector<std::string> differences;
  std::vector<std::string> left_out;  // owners and grants of roles that don't exist there, …
  double restore_seconds = 0;
  double seconds = 0;  // the comparison included
};

// Restores the archive into a scratch database and compares: rows and digest of every table with
// the manifest's, and what the manifest tells of the schema. The scratch database is dropped,
// however it ends. What says nothing of the backup is thrown: no room, no right to make a scratch
// database, and, of PostgreSQL, no pg_dump, by which both are compared. `address`: beside which one
// it is made; of a backup that is a file itself the address may be empty, and the file stands in
// `folder`. Requires: the archive was verified.
DrillReport drill(const BackupArchive& archive, const std::string& address,
                  const std::string& folder, int jobs, const OpenOptions& options);

// Whether the drill of such a backup needs the address of a server.
bool drill_needs_address(const BackupDescription& description);

}  // namespace dbkeeper
