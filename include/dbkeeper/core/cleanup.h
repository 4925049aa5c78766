// Cleaning up a backup folder: the plan of retention.h, carried out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/retention.h"

namespace dbkeeper {

struct CleanupOptions {
  CleanupRules rules = {};
  bool exports = false;  // exports, not backups; those without a proof are read
  bool verify = false;   // every file is read back first
  bool dry_run = false;  // nothing is changed, proofs included
  // Data that have become suspiciously little were meant to: backups from before that stay no more,
  // and later ones are compared with the newest that there is now.
  bool accept_collapse = false;
  std::optional<std::string> database = std::nullopt;  // only this one's, as database_of() says
};

struct CleanedFile {
  FolderBackup backup;
  Verdict verdict;
  bool removed = false;
  std::string failure = {};  // why it couldn't be removed
};

struct CleanupReport {
  std::vector<CleanedFile> files;  // newest first
  // Removed as well: unfinished files of runs that were killed, proofs of backups that are gone.
  std::vector<std::filesystem::path> leftovers;
  std::uint64_t bytes_freed = 0;
};

// A file that can't be read, verified or removed doesn't stop it: it stands in the report.
CleanupReport clean_up(const std::filesystem::path& folder, const CleanupOptions& options, int jobs,
                       Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
