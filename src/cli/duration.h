// Durations as options take them: `10s`, `500ms`, `2m`, `26h`, `30d`, `1.5s`, `0`.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace dbkeeper::cli {

// Nothing if `text` is no duration. A unit is needed but for 0; parts of a millisecond are cut off.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace dbkeeper::cli
