// A database into an archive, an archive read back, and an archive into a database: engines' bytes
// and the format's members joined, over as many threads as there are jobs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/history.h"
#include "dbkeeper/engines/backup.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

// Writes all of the source into an archive; what it has become, totals included. `history`: where
// the migration tool stood. Memory: a piece, and as much again compressed, a job.
BackupDescription write_backup(BackupSource& source, std::string_view label,
                               BackupWriter::Output output, int jobs, Reporter& reporter,
                               const Stop& stop, const std::optional<MigrationState>& history = {});

// Reads every byte back: headers, checksums, what the members hold once expanded, and rows and
// digests of every table that has a stream. Error(input) if anything isn't what was written.
void verify_backup(const BackupArchive& archive, int jobs, Reporter& reporter, const Stop& stop);

// Reads every member and compares its SHA-256. Error(input) for one that isn't what was written.
void verify_checksums(const BackupArchive& archive, int jobs, Reporter& reporter, const Stop& stop);

// Writes an archive, its checksums verified before, into its target, and lets it take the old
// database's place, after `ready`, which is called when that is all that is left to do. What the
// members hold is compared on the way as verify_backup() does: Error(input), and the old database
// stays. Requires: target.check() has passed.
RestoreReport restore_backup(const BackupArchive& archive, RestoreTarget& target, int jobs,
                             Reporter& reporter, const Stop& stop,
                             const std::function<void()>& ready = {});

}  // namespace dbkeeper
