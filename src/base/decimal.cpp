#include "dbkeeper/base/decimal.h"

#include <algorithm>
#include <charconv>

namespace dbkeeper {
namespace {

constexpr int kMostExponent = 320'000;

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool seen_point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      out.digits += text[i];
      seen_point ? ++out.scale : ++out.point;
    } else if (text[i] == '.' && !seen_point) {
      seen_point = true;
    } else {
      break;
    }
  }
  if (out.digits.empty()) return std::nullopt;
  if (i == text.size()) return out;
  if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
  if (++i < text.size() && text[i] == '+' && text.substr(i, 2) != "+-") ++i;
  int exponent = 0;
  const auto parsed = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() ||
      exponent < -kMostExponent || exponent > kMostExponent)
    return std::nullopt;
  out.point += exponent;
  out.scale = std::max(out.scale - exponent, 0);
  return out;
}

Decimal significant(Decimal number) {
  const std::size_t first = std::min(number.digits.find_first_not_of('0'), number.digits.size());
  number.digits.erase(0, first);
  number.point -= static_cast<int>(first);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  if (number.digits.empty()) number.point = 0;
  return number;
}

}  // namespace dbkeeper
