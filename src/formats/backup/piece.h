// What holds of every piece of a stream.
#pragma once

#include <cstdint>

namespace dbkeeper::backup {

// A row is less than 1 GiB to every engine; a frame that claims more lies.
inline constexpr std::uint64_t kLargestPiece = std::uint64_t{2} << 30;

}  // namespace dbkeeper::backup
