// Making a backup that counts: written, read back, and only then given its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

struct NewBackupOptions {
  std::string folder;  // made, for the user alone, if it isn't there
  // Instead of a new name in the folder: a file, another folder, or `-` for standard output.
  std::string output = {};
  bool overwrite = false;  // a file that has the name; otherwise Error(refused)
  std::string label = "manual";
  BackupOptions what = {};
  bool verify = true;  // but of what goes into a pipe
};

struct NewBackup {
  std::filesystem::path file;  // empty for standard output
  std::uint64_t bytes = 0;
  BackupDescription description;
  bool verified = false;
};

// A backup that isn't what was written when it is read back is Error(failed). Whatever goes wrong:
// there is no file, and one that had the name before is as it was.
NewBackup make_backup(Database& database, const NewBackupOptions& options, int jobs,
                      Reporter& reporter, const Stop& stop);

// Writes a backup again whose file was removed, or whose name is another file's now: under its own
// name in its folder, made anew if it is gone, or the first free one like it; where that folder
// can't be had, in the one above. Which file it is, read back. Error(failed) where neither can be
// written to, Error(input) where the bytes that are left aren't whole.
std::filesystem::path write_again(const BackupArchive& backup, int jobs, Reporter& reporter,
                                  const Stop& stop);

// What has become suspiciously little, as warnings: rows or bytes less than half of the median of
// the last five sound backups of the same database in the folder, tables that had rows there and
// are empty now. A database without earlier backups is compared with those of its name: it may have
// been made anew. The new backup itself isn't compared with, nor what is earlier than one at which
// somebody said that it was meant.
std::vector<std::string> collapses(const NewBackup& backup,
                                   const std::vector<FolderBackup>& folder);

// Of those that the backup is compared with, the newest that still has what this one has lost;
// empty: there is none.
std::filesystem::path last_before_collapse(const NewBackup& backup,
                                           const std::vector<FolderBackup>& folder);

// The same of plain numbers, the earlier ones newest first.
struct BackupNumbers {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::uint64_t>> tables;  // name and rows
};
std::vector<std::string> collapses(const BackupNumbers& backup,
                                   const std::vector<BackupNumbers>& earlier);

}  // namespace dbkeeper
