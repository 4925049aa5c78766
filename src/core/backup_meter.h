// How far a backup, its verification or a restore is, for the user to see.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/model/backup.h"

namespace dbkeeper {

// Threads: any.
class BackupMeter {
 public:
  // Rows are shown in proportion to the bytes, since they are counted late, if at all. Totals may
  // be estimates; 0: unknown.
  BackupMeter(Reporter& reporter, std::string_view activity, const BackupDescription& description,
              std::uint64_t rows, std::uint64_t bytes);

  // Bytes of a stream, not compressed.
  void add(std::size_t stream, std::uint64_t bytes);

 private:
  Reporter& reporter_;
  std::vector<std::string> names_;  // by stream: its table's name, or its folder
  const std::uint64_t bytes_;
  std::mutex mutex_;
  Progress progress_;
};

}  // namespace dbkeeper
