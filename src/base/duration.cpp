#include "dbkeeper/base/duration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace dbkeeper {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
      {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
  constexpr double kLongest = 1e15;  // 30,000 years: what is longer is a slip

  if (text == "0") return std::chrono::milliseconds{0};
  double number = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  for (const auto& [name, milliseconds] : kUnits) {
    if (unit != name || number * milliseconds > kLongest) continue;
    return std::chrono::milliseconds{static_cast<std::int64_t>(number * milliseconds)};
  }
  return std::nullopt;
}

std::string human_age(std::chrono::milliseconds age) {
  constexpr std::chrono::seconds kBlink{1};
  constexpr std::array<std::pair<const char*, std::int64_t>, 4> kUnits = {
      {{"days", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}};
  if (age < -kBlink) return "in the future";
  const auto seconds = std::max<std::int64_t>(0, age.count() / 1000);
  for (const auto& [name, length] : kUnits)
    if (seconds >= 2 * length) return fmt::format("{} {}", seconds / length, name);
  return fmt::format("{} s", seconds);
}

}  // namespace dbkeeper
