#include "formats/json/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "formats/json/fault.h"

namespace dbkeeper {
namespace {

std::optional<int> parsed_number(std::string_view digits) {
  int number = 0;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end || number < 0) return std::nullopt;
  return number;
}

}  // namespace

Version parse_version(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto major = parsed_number(text.substr(0, point));
  const auto minor = parsed_number(text.substr(std::min(point + 1, text.size())));
  if (!major || !minor)
    throw Fault{0, fmt::format("'{}' is no version of the format", excerpt(text))};
  return {*major, *minor};
}

}  // namespace dbkeeper
