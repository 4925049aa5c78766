// The tar of a backup: plain ustar, of which every header has but one form, so that a reader makes
// it again and compares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper::backup {

inline constexpr std::size_t kTarBlock = 512;
// What a header can tell of: 11 octal digits.
inline constexpr std::uint64_t kLargestMember = (std::uint64_t{1} << 33) - 1;
inline constexpr std::size_t kLongestName = 100;

struct TarEntry {
  std::string name;
  std::uint64_t size = 0;
};

// Requires: a name of 1 to kLongestName bytes without NUL, size <= kLargestMember.
std::string tar_header(const TarEntry& entry);

// What a header tells; nothing if it isn't byte for byte what tar_header() makes.
std::optional<TarEntry> parse_tar_header(std::string_view block);

// How many zero bytes follow a member of that size.
inline std::size_t tar_padding(std::uint64_t size) {
  return static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock);
}
// From its header to where the next one begins.
inline std::uint64_t tar_room(std::uint64_t size) { return kTarBlock + size + tar_padding(size); }

// A member as it stands in the archive, for one that is at hand as a whole.
std::string tar_member(const std::string& name, std::string_view bytes);

// What closes the archive: two blocks of zeros.
inline constexpr std::size_t kTarEnd = 2 * kTarBlock;

bool is_zeros(std::string_view bytes);

}  // namespace dbkeeper::backup
