// How old what is known of a database's backups is: what a nightly check asks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/engines/database.h"

namespace dbkeeper {

struct BackupAges {
  // The newest sound backup of the database.
  std::optional<Moment> backup;
  std::string backup_file;
  // The last time that one of its backups was restored and compared.
  std::optional<Moment> proof;
  std::string proof_file;
};

// Of the backups in a folder. A database without a backup of its own there is compared with those
// of its engine and name: it may have been restored, or made anew. What is yet to come doesn't
// count.
BackupAges ages_of(const DatabaseInfo& database, const std::vector<FolderBackup>& folder,
                   Moment now);

}  // namespace dbkeeper
