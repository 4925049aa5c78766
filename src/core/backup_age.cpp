#include "dbkeeper/core/backup_age.h"

namespace dbkeeper {
namespace {

BackupAges ages_of_those(const std::vector<FolderBackup>& folder, Moment now, auto is_same) {
  BackupAges ages;
  for (const FolderBackup& backup : folder) {
    if (!is_sound(backup) || !is_same(backup)) continue;
    if (backup.time <= now && (!ages.backup || backup.time > *ages.backup)) {
      ages.backup = backup.time;
      ages.backup_file = backup.path.string();
    }
    const auto& restored = backup.proof->restored;
    if (restored && *restored <= now && (!ages.proof || *restored > *ages.proof)) {
      ages.proof = restored;
      ages.proof_file = backup.path.string();
    }
  }
  return ages;
}

}  // namespace

BackupAges ages_of(const DatabaseInfo& database, const std::vector<FolderBackup>& folder,
                   Moment now) {
  if (database.source_id) {
    const BackupAges ages = ages_of_those(folder, now, [&](const FolderBackup& other) {
      return other.source_id == database.source_id;
    });
    if (ages.backup) return ages;
  }
  return ages_of_those(folder, now, [&](const FolderBackup& other) {
    return other.engine == database.engine && other.database == database.name;
  });
}

}  // namespace dbkeeper
