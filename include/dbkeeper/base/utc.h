// Times as files, logs and names of files have them: always UTC.
#pragma once

#include <chrono>
#include <string>

namespace dbkeeper {

std::string rfc3339(std::chrono::system_clock::time_point moment);     // 2026-01-02T03:04:05.678Z
std::string file_stamp(std::chrono::system_clock::time_point moment);  // 20260102T030405Z

}  // namespace dbkeeper
