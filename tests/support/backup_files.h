// Small backups of a database in memory, as files in a backup folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper::testing {

struct BackupFileOptions {
  Moment time;
  std::string label = "manual";
  std::string database = "shop";
  std::size_t rows = 3;
  std::optional<std::string> source_id = std::nullopt;
};

// Under the name that it has from dbkeeper; which one that was. No proof is recorded.
std::filesystem::path write_backup_file(const std::filesystem::path& folder,
                                        const BackupFileOptions& options);

// In its first member.
void flip_a_bit(const std::filesystem::path& file);

}  // namespace dbkeeper::testing
