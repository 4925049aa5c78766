// What is wrong with the backups of a database, as far as it can be told without reading them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper {

struct BackupDoubt {
  std::filesystem::path file;
  std::string text;      // a sentence that names the file
  bool damaged = false;  // it can't be restored any more: it can't be read, or has another size
};

// Newest first. Of a file that can't be read only its name tells which database it is of.
std::vector<BackupDoubt> doubts_about(const std::string& engine, const std::string& database,
                                      const std::optional<std::string>& source_id,
                                      const std::vector<FolderBackup>& folder, Moment now);

}  // namespace dbkeeper
