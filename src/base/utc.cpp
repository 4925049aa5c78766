#include "dbkeeper/base/utc.h"

#include <fmt/format.h>

#include <algorithm>
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

// Digits where the form has a 0, and all else as it has it.
bool has_form(std::string_view text, std::string_view form) {
  return std::ranges::equal(text, form, [](char c, char wanted) {
    return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
  });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Of two texts of digits: YYYYMMDD and HHMMSS.
std::optional<Clock::time_point> moment_of(std::string_view day, std::string_view time) {
  using namespace std::chrono;
  const year_month_day date{year{number(day.substr(0, 4))},
                            month{static_cast<unsigned>(number(day.substr(4, 2)))},
                            std::chrono::day{static_cast<unsigned>(number(day.substr(6, 2)))}};
  const int hour = number(time.substr(0, 2)), minute = number(time.substr(2, 2)),
            second = number(time.substr(4, 2));
  constexpr int kFirstYear = 1678, kLastYear = 2261;  // what a clock of nanoseconds can hold
  const int year = static_cast<int>(date.year());
  if (!date.ok() || year < kFirstYear || year > kLastYear || hour > 23 || minute > 59 ||
      second > 60)
    return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
}

}  // namespace

std::optional<Clock::time_point> parse_rfc3339(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (!has_form(text.substr(0, kForm.size()), kForm) || !text.ends_with('Z')) return std::nullopt;
  std::string digits(text.substr(0, kForm.size()));
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  auto moment =
      moment_of(std::string_view(digits).substr(0, 8), std::string_view(digits).substr(8));
  if (!moment) return std::nullopt;
  std::string_view fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  if (fraction.empty()) return moment;
  if (!fraction.starts_with('.') || fraction.size() == 1) return std::nullopt;
  std::chrono::nanoseconds unit = std::chrono::milliseconds(100);
  for (const char c : fraction.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    *moment += std::chrono::duration_cast<Clock::duration>((c - '0') * unit);
    unit /= 10;
  }
  return moment;
}

std::optional<Clock::time_point> parse_file_stamp(std::string_view text) {
  if (!has_form(text, "00000000T000000Z")) return std::nullopt;
  return moment_of(text.substr(0, 8), text.substr(9, 6));
}

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
