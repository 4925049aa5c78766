// What two backups, or a backup and a database, don't have in common beside rows.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dbkeeper/model/backup.h"

namespace dbkeeper {

// A database without its rows, as a backup has it.
struct Structure {
  const BackupDescription& description;
  const std::vector<BackupFile>& files;
};

// What has changed, in words, at most so many: "the index orders_by_day is gone". Empty: nothing.
// Where sequences stand, and what a restart or a client changes by itself (a journal's mode), isn't
// looked at. Requires: both are of one engine.
std::vector<std::string> structure_changes(const Structure& before, const Structure& now,
                                           std::size_t most);

}  // namespace dbkeeper
