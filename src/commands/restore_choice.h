// Which backup a restore takes.
#pragma once

#include <filesystem>
#include <string>

#include "commands/restore.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper::restore_command {

// The archive that the options choose, its checksums proven. Error(usage) with the newest ones
// where none is chosen, Error(input) where the one that is named is damaged.
BackupArchive chosen_archive(const Options& options, Context& context);

}  // namespace dbkeeper::restore_command
