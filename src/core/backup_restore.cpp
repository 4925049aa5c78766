#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "core/archive_parts.h"
#include "core/archive_totals.h"
#include "core/backup_meter.h"
#include "core/crew.h"
#include "dbkeeper/core/backup.h"

namespace dbkeeper {
namespace {

void write_parts(const BackupArchive& archive, const std::vector<ArchivePart>& parts,
                 RestoreWriter& writer, Crew& crew, ArchiveTotals& totals, BackupMeter& meter) {
  PartReader reader(archive);
  while (const auto number = crew.take()) {
    const ArchivePart& part = parts[*number];
    reader.read(part, [&](std::string_view piece) {
      crew.check();
      totals.add(part.stream, piece);
      writer.write(part.stream, piece);
      meter.add(part.stream, piece.size());
    });
  }
}

void write_streams(const BackupArchive& archive, RestoreTarget& target, int jobs,
                   Reporter& reporter, const Stop& stop) {
  const BackupDescription& description = archive.description();
  const std::vector<ArchivePart> parts = parts_of(archive);
  BackupMeter meter(reporter, "restore", description, description.rows(), description.data_bytes);
  ArchiveTotals totals(archive);
  Crew crew(parts.size(), stop);
  const std::size_t most =
      std::min(parts.size(), static_cast<std::size_t>(std::min(jobs, target.most_writers())));
  std::vector<std::unique_ptr<RestoreWriter>> writers;
  std::vector<std::function<void()>> works;
  while (writers.size() < most) {
    RestoreWriter& writer = *writers.emplace_back(target.writer());
    works.push_back([&] { write_parts(archive, parts, writer, crew, totals, meter); });
  }
  crew.run(works);
  totals.compare();
}

}  // namespace

RestoreReport restore_backup(const BackupArchive& archive, RestoreTarget& target, int jobs,
                             Reporter& reporter, const Stop& stop,
                             const std::function<void()>& ready) {
  reporter.progress({.activity = "restore: schema"});
  target.begin(archive.files());
  write_streams(archive, target, jobs, reporter, stop);
  stop.check();
  target.complete();
  stop.check();
  if (ready) ready();
  reporter.progress({.activity = "restore: commit"});
  return target.commit();
}

}  // namespace dbkeeper
