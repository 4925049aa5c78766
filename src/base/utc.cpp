#include "dbkeeper/base/utc.h"

#include <fmt/format.h>

#include <ctime>

namespace dbkeeper {
namespace {

using Clock = std::chrono::system_clock;

std::tm parts_of(Clock::time_point moment) {
  const std::time_t seconds = Clock::to_time_t(std::chrono::floor<std::chrono::seconds>(moment));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string rfc3339(Clock::time_point moment) {
  const std::tm parts = parts_of(moment);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(moment) -
                      std::chrono::floor<std::chrono::seconds>(moment);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     millis.count());
}

std::string file_stamp(Clock::time_point moment) {
  const std::tm parts = parts_of(moment);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace dbkeeper
