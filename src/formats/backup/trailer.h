// The last member of a backup: where its manifest stands, and what proves that. Its form is the
// same in every version of the format, so that the manifest can tell which one it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/backup/tar.h"

namespace dbkeeper::backup {

inline constexpr char kTrailerName[] = "trailer";
inline constexpr char kManifestName[] = "manifest.json";

struct Trailer {
  std::uint64_t offset = 0;  // of the manifest's first byte
  std::uint64_t length = 0;
  std::string sha256;
};

inline constexpr std::size_t kTrailerSize = 160;
// Trailer with its header, and the archive's end.
inline constexpr std::size_t kTailSize = 2 * kTarBlock + kTarEnd;

std::string trailer_text(const Trailer& trailer);
// Nothing if it isn't byte for byte what trailer_text() makes.
std::optional<Trailer> parse_trailer(std::string_view text);

}  // namespace dbkeeper::backup
