// A backup, read back before anything relies on it.
#pragma once

#include <filesystem>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

// Whether the file is a backup, or, empty or cut, was to be one by its name.
bool is_meant_as_backup(const std::filesystem::path& file);

// The archive, every byte of it proven, which is kept beside the file. Error(input) for one that is
// damaged: what was known of it counts no more.
BackupArchive proven_backup(const std::filesystem::path& file, Context& context);

// Keeps beside the file that all of it was proven just now. That this can't be kept is no fault of
// the backup's: a warning.
void remember_verified(const std::filesystem::path& file, Reporter& reporter);

// The same as proven_backup() of its checksums alone, for who compares what its members hold by
// restoring them.
BackupArchive undamaged_backup(const std::filesystem::path& file, Context& context);

}  // namespace dbkeeper
