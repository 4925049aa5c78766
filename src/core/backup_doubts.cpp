#include "dbkeeper/core/backup_doubts.h"

#include <fmt/format.h>

#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/export_target.h"

namespace dbkeeper {
namespace {

std::optional<BackupDoubt> doubt_about(const FolderBackup& backup, Moment now) {
  const std::string file = backup.path.string();
  if (!backup.problem.empty())
    return BackupDoubt{backup.path,
                       fmt::format("the backup {} can't be read: {}", file, backup.problem),
                       !backup.unreadable};
  if (backup.change != ProofChange::none) {
    const bool resized = backup.change == ProofChange::resized;
    return BackupDoubt{backup.path,
                       fmt::format("the backup {} {} since it was verified, and counts as none "
                                   "until dbkeeper verify has read it again",
                                   file, resized ? "has got another size" : "was written to"),
                       resized};
  }
  if (is_yet_to_come(backup, now))
    return BackupDoubt{
        backup.path,
        fmt::format("the time of the backup {}, {}, is yet to come, so a clock was wrong: it "
                    "counts as none",
                    file, rfc3339(backup.time)),
        false};
  return std::nullopt;
}

}  // namespace

std::vector<BackupDoubt> doubts_about(const std::string& engine, const std::string& database,
                                      const std::optional<std::string>& source_id,
                                      const std::vector<FolderBackup>& folder, Moment now) {
  std::vector<BackupDoubt> out;
  for (const FolderBackup& backup : folder) {
    const bool is_same = backup.problem.empty()
                             ? (source_id && backup.source_id == source_id) ||
                                   (backup.engine == engine && backup.database == database)
                             : backup.database == file_name_of(database);
    if (!is_same) continue;
    if (auto doubt = doubt_about(backup, now)) out.push_back(std::move(*doubt));
  }
  return out;
}

}  // namespace dbkeeper
