// Durations as options take them: `10s`, `500ms`, `2m`, `26h`, `30d`, `1.5s`, `0`; and for people.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// Nothing if `text` is no duration. A unit is needed but for 0; parts of a millisecond are cut off.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// In the largest unit of which it has two: "40 s", "3 h", "12 days"; "in the future" if it is
// negative by more than a blink.
std::string human_age(std::chrono::milliseconds age);

}  // namespace dbkeeper
