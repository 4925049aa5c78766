// Times as files, logs and names of files have them: always UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

std::string rfc3339(std::chrono::system_clock::time_point moment);     // 2026-01-02T03:04:05.678Z
std::string file_stamp(std::chrono::system_clock::time_point moment);  // 20260102T030405Z

// The same back, in exactly these forms (a fraction may have any number of digits, or be absent;
// what is finer than the clock is cut off). Nothing if it is no time.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);
std::optional<std::chrono::system_clock::time_point> parse_file_stamp(std::string_view text);

}  // namespace dbkeeper
