#include <algorithm>
#include <functional>
#include <vector>

#include "core/archive_parts.h"
#include "core/archive_totals.h"
#include "core/backup_meter.h"
#include "core/crew.h"
#include "dbkeeper/core/backup.h"

namespace dbkeeper {
namespace {

void verify_parts(const BackupArchive& archive, const std::vector<ArchivePart>& parts, Crew& crew,
                  ArchiveTotals& found, BackupMeter& meter) {
  PartReader reader(archive);
  while (const auto number = crew.take()) {
    const ArchivePart& part = parts[*number];
    reader.read(part, [&](std::string_view piece) {
      crew.check();
      found.add(part.stream, piece);
      meter.add(part.stream, piece.size());
    });
  }
}

void read_members(const BackupArchive& archive, const std::vector<const BackupMember*>& members,
                  int jobs, const Stop& stop, BackupMeter* meter = nullptr) {
  Crew crew(members.size(), stop);
  const std::size_t workers = std::min(members.size(), static_cast<std::size_t>(jobs));
  crew.run(std::vector<std::function<void()>>(workers, [&] {
    while (const auto number = crew.take()) {
      const BackupMember& member = *members[*number];
      archive.read(member);
      if (meter && member.stream) meter->add(*member.stream, member.size);
    }
  }));
}

}  // namespace

void verify_checksums(const BackupArchive& archive, int jobs, Reporter& reporter,
                      const Stop& stop) {
  std::vector<const BackupMember*> members;
  for (const BackupMember& member : archive.members()) members.push_back(&member);
  const BackupDescription& description = archive.description();
  BackupMeter meter(reporter, "proving", description, description.rows(), archive.bytes());
  read_members(archive, members, jobs, stop, &meter);
}

void verify_backup(const BackupArchive& archive, int jobs, Reporter& reporter, const Stop& stop) {
  std::vector<const BackupMember*> files;
  for (const BackupMember& member : archive.members())
    if (!member.stream) files.push_back(&member);
  read_members(archive, files, jobs, stop);
  const BackupDescription& description = archive.description();
  const std::vector<ArchivePart> parts = parts_of(archive);
  BackupMeter meter(reporter, "verify", description, description.rows(), description.data_bytes);
  ArchiveTotals found(archive);
  Crew crew(parts.size(), stop);
  const std::size_t workers = std::min(parts.size(), static_cast<std::size_t>(jobs));
  crew.run(std::vector<std::function<void()>>(
      workers, [&] { verify_parts(archive, parts, crew, found, meter); }));
  found.compare();
}

}  // namespace dbkeeper
