#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "core/archive_parts.h"
#include "core/backup_meter.h"
#include "core/crew.h"
#include "dbkeeper/core/backup.h"
#include "dbkeeper/model/copy_rows.h"

namespace dbkeeper {
namespace {

RowTotal rows_in(StreamFormat format, std::string_view piece) {
  switch (format) {
    case StreamFormat::copy_binary:
      return binary_copy_rows(piece);
    case StreamFormat::copy_text:
      return text_copy_rows(piece);
    case StreamFormat::sql:
    case StreamFormat::database_image:
      return {};
  }
  return {};
}

// What the members turned out to hold.
class Found {
 public:
  explicit Found(std::size_t streams) : totals_(streams) {}

  void add(std::size_t stream, const RowTotal& total, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    totals_[stream] += total;
    bytes_ += bytes;
  }

  // Requires: all threads have ended.
  void compare(const BackupArchive& archive) const {
    const BackupDescription& said = archive.description();
    for (const BackupTable& table : said.tables)
      if (table.stream) compare(archive, table, totals_[*table.stream]);
    if (bytes_ != said.data_bytes)
      throw Error(ErrorKind::input, fmt::format("'{}' holds {} bytes of data, its manifest says {}",
                                                archive.path().string(), bytes_, said.data_bytes))
          .hint("use another copy");
  }

 private:
  static void compare(const BackupArchive& archive, const BackupTable& table,
                      const RowTotal& found) {
    if (found == table.total) return;
    const std::string name = archive.description().schema.display(table.name);
    throw Error(ErrorKind::input,
                fmt::format("table '{}' in '{}' has {} rows with the digest {}, the manifest says "
                            "{} with {}",
                            name, archive.path().string(), found.rows, found.sum.text(),
                            table.total.rows, table.total.sum.text()))
        .table(name)
        .hint("use another copy");
  }

  std::mutex mutex_;
  std::vector<RowTotal> totals_;  // by stream
  std::uint64_t bytes_ = 0;
};

void verify_parts(const BackupArchive& archive, const std::vector<ArchivePart>& parts, Crew& crew,
                  Found& found, BackupMeter& meter) {
  PartReader reader(archive);
  while (const auto number = crew.take()) {
    const ArchivePart& part = parts[*number];
    const StreamFormat format = archive.description().streams[part.stream].format;
    reader.read(part, [&](std::string_view piece) {
      crew.check();
      found.add(part.stream, rows_in(format, piece), piece.size());
      meter.add(part.stream, piece.size());
    });
  }
}

void verify_files(const BackupArchive& archive, const Stop& stop) {
  for (const BackupMember& member : archive.members()) {
    stop.check();
    if (!member.stream) archive.read(member);
  }
}

}  // namespace

void verify_backup(const BackupArchive& archive, int jobs, Reporter& reporter, const Stop& stop) {
  verify_files(archive, stop);
  const BackupDescription& description = archive.description();
  const std::vector<ArchivePart> parts = parts_of(archive);
  BackupMeter meter(reporter, "verify", description, description.rows(), description.data_bytes);
  Found found(description.streams.size());
  Crew crew(parts.size(), stop);
  const std::size_t workers = std::min(parts.size(), static_cast<std::size_t>(jobs));
  crew.run(std::vector<std::function<void()>>(
      workers, [&] { verify_parts(archive, parts, crew, found, meter); }));
  found.compare(archive);
}

}  // namespace dbkeeper
