#include "core/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "dbkeeper/base/decimal.h"

namespace dbkeeper {
namespace {

constexpr double kEndOfIntegers = 9223372036854775808.0;  // 2^63

template <class Float>
std::string shortest_with_point(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::array<char, 64> room;
  std::string text(room.data(), std::to_chars(room.data(), room.data() + room.size(), value).ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// Takes digits off the front: how many.
std::size_t take_digits(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  text.remove_prefix(digits);
  return digits;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// An exponent and nothing behind it, or nothing at all.
bool ends_as_number(std::string_view text) {
  if (text.empty()) return true;
  if (!take(text, "eE")) return false;
  take(text, "+-");
  return take_digits(text) > 0 && text.empty();
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

std::string float_text(double value) { return shortest_with_point(value); }
std::string float_text(float value) { return shortest_with_point(value); }

std::optional<std::int64_t> written_integer(std::string_view text) {
  const auto value = parsed<std::int64_t>(text);
  return value && std::to_string(*value) == text ? value : std::nullopt;
}

bool is_plain_number(std::string_view text) {
  take(text, "-");
  const bool zero = text.starts_with('0');
  const std::size_t digits = take_digits(text);
  if (digits == 0 || (zero && digits > 1)) return false;
  if (take(text, ".") && take_digits(text) == 0) return false;
  return ends_as_number(text);
}

bool reads_as_number(std::string_view text) {
  text = without_blanks(text);
  take(text, "+-");
  std::size_t digits = take_digits(text);
  if (take(text, ".")) digits += take_digits(text);
  return digits > 0 && ends_as_number(text);
}

std::optional<std::int64_t> integer_in(double value) {
  if (!(value >= -kEndOfIntegers && value < kEndOfIntegers) || value != std::trunc(value))
    return std::nullopt;
  if (value == 0 && std::signbit(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

bool fits_float(std::int64_t value) { return integer_in(static_cast<double>(value)) == value; }

std::optional<double> float_with_all_digits(std::string_view text) {
  const auto value = parsed<double>(text);
  if (!value) return std::nullopt;
  const auto given = parse_decimal(text), kept = parse_decimal(float_text(*value));
  if (!given || !kept) return std::nullopt;
  const Decimal a = significant(*given), b = significant(*kept);
  if (a.digits != b.digits || a.point != b.point) return std::nullopt;
  return value;
}

}  // namespace dbkeeper
