// What an archive's members turn out to hold, against what its manifest says.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "dbkeeper/formats/backup.h"
#include "dbkeeper/model/row_total.h"

namespace dbkeeper {

class ArchiveTotals {
 public:
  // The archive outlives it.
  explicit ArchiveTotals(const BackupArchive& archive);

  // A piece of a stream, expanded. Error(input) if it holds no rows of its stream's format.
  // Threads: any.
  void add(std::size_t stream, std::string_view piece);

  // Error(input) unless all tables' rows and digests, and the bytes, are as the manifest says.
  // Requires: every piece was added, and the threads have ended.
  void compare() const;

 private:
  const BackupArchive& archive_;
  std::mutex mutex_;
  std::vector<RowTotal> totals_;  // by stream
  std::uint64_t bytes_ = 0;
};

}  // namespace dbkeeper
