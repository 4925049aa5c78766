#include "core/backup_meter.h"

#include <algorithm>

namespace dbkeeper {

BackupMeter::BackupMeter(Reporter& reporter, std::string_view activity,
                         const BackupDescription& description, std::uint64_t rows,
                         std::uint64_t bytes)
    : reporter_(reporter),
      bytes_(bytes),
      progress_{.activity = activity, .total_rows = bytes > 0 ? rows : 0} {
  for (const BackupStream& stream : description.streams) names_.push_back(stream.folder);
  for (const BackupTable& table : description.tables)
    if (table.stream) names_[*table.stream] = description.schema.display(table.name);
}

void BackupMeter::add(std::size_t stream, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  progress_.table = names_[stream];
  progress_.bytes += bytes;
  if (progress_.total_rows > 0) {
    const double share = static_cast<double>(progress_.bytes) / static_cast<double>(bytes_);
    progress_.rows = static_cast<std::uint64_t>(std::min(1.0, share) *
                                                static_cast<double>(progress_.total_rows));
  }
  reporter_.progress(progress_);
}

}  // namespace dbkeeper
