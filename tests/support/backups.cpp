#include "support/backups.h"

#include "dbkeeper/base/digest.h"
#include "dbkeeper/core/backup.h"
#include "formats/backup/tar.h"
#include "formats/backup/trailer.h"
#include "support/open.h"

namespace dbkeeper::testing {
namespace {

using namespace backup;

Trailer trailer_of(const std::string& archive) {
  const std::size_t at = archive.size() - kTailSize + kTarBlock;
  return *parse_trailer(std::string_view(archive).substr(at, kTrailerSize));
}

}  // namespace

std::string written(const MemoryBackup& backup, int jobs) {
  BackupFromMemory source(backup);
  SilentReporter reporter;
  const Stop stop;
  std::string bytes;
  write_backup(
      source, "manual", [&](std::string_view more) { bytes += more; }, jobs, reporter, stop);
  return bytes;
}

std::optional<Error> verdict(const std::filesystem::path& path, int jobs) {
  SilentReporter reporter;
  const Stop stop;
  try {
    verify_backup(BackupArchive(path), jobs, reporter, stop);
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

std::string manifest_in(const std::string& archive) {
  const Trailer trailer = trailer_of(archive);
  return archive.substr(trailer.offset, trailer.length);
}

std::string with_manifest(const std::string& archive, std::string_view manifest) {
  const std::uint64_t offset = trailer_of(archive).offset;
  return archive.substr(0, offset - kTarBlock) + tar_member(kManifestName, manifest) +
         tar_member(kTrailerName, trailer_text({offset, manifest.size(), sha256_hex(manifest)})) +
         std::string(kTarEnd, '\0');
}

std::string member_at(const std::string& archive, std::size_t at) {
  const std::string_view all = archive;
  for (std::size_t header = 0;;) {
    const TarEntry entry = *parse_tar_header(all.substr(header, kTarBlock));
    header += tar_room(entry.size);
    if (at < header || entry.name == kTrailerName) return entry.name;
  }
}

}  // namespace dbkeeper::testing
