// The manifest of a backup: what docs/backup-format.md says of manifest.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/formats/backup.h"
#include "dbkeeper/model/backup.h"

namespace dbkeeper::backup {

inline constexpr std::string_view kFormat = "dbkeeper-backup";
inline constexpr std::string_view kVersion = "1.0";

// More than any database's: some 16 bytes a MiB of rows.
inline constexpr std::size_t kLargestManifest = std::size_t{64} << 20;

struct Manifest {
  BackupDescription description;
  std::vector<BackupMember> members;  // the offsets are not in it
};

std::string manifest_text(const BackupDescription& description,
                          const std::vector<BackupMember>& members);

// A Fault for a text that is none, contradicts itself, or is of another major version.
Manifest parse_manifest(std::string_view text);

}  // namespace dbkeeper::backup
