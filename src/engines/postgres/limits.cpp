#include "engines/postgres/limits.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "dbkeeper/model/array.h"
#include "engines/postgres/oids.h"

namespace dbkeeper::postgres {
namespace {

// The last number in the parentheses of a type's name: 80 of varchar(80), 2 of numeric(5,2), 0 of
// numeric(5,0).
std::optional<int> last_number(const std::string& name) {
  const std::size_t close = name.find(')');
  if (close == std::string::npos) return std::nullopt;
  const std::size_t before = name.find_last_of("(,", close);
  if (before == std::string::npos) return std::nullopt;
  int number = 0;
  const auto parsed = std::from_chars(name.data() + before + 1, name.data() + close, number);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + close) return std::nullopt;
  return number;
}

// Digits behind the point that aren't zeros at the end, an exponent counted in; of a time, of its
// seconds.
int fraction_digits(std::string_view text) {
  const std::size_t mark = text.find_first_of("eE");
  int exponent = 0;
  if (mark != std::string_view::npos) {
    std::string_view digits = text.substr(mark + 1);
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  }
  const std::string_view number = text.substr(0, mark);
  const std::size_t point = std::min(number.find('.'), number.size());
  std::size_t last = point;  // the last digit that counts
  for (std::size_t i = point + 1; i < number.size() && number[i] >= '0' && number[i] <= '9'; ++i)
    if (number[i] != '0') last = i;
  int digits = static_cast<int>(last - point);
  if (digits == 0 && exponent < 0)  // zeros in front of the point count off the exponent
    for (std::size_t i = point; i > 0 && number[i - 1] == '0'; --i) --digits;
  return std::max(digits - exponent, 0);
}

std::string shortest(const CellView& cell) {
  char text[64];
  char* const end = cell.kind == CellKind::single
                        ? std::to_chars(text, text + sizeof text, static_cast<float>(cell.real)).ptr
                        : std::to_chars(text, text + sizeof text, cell.real).ptr;
  return {text, end};
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

}  // namespace

Limits::Limits(const Type& type) {
  const Type& value = type.element.empty() ? type : type.element.front();
  const auto number = last_number(value.name);
  if (!number) return;
  switch (value.engine_id) {
    case oid::kNumeric:
    case oid::kTime:
    case oid::kTimestamp:
    case oid::kTimestamptz:
      of_ = Of::fraction;
      break;
    case oid::kVarchar:
      of_ = Of::length;
      break;
    default:
      return;
  }
  most_ = *number;
}

bool Limits::keep_whole(const CellView& cell) const {
  if (of_ == Of::nothing) return true;
  if (cell.kind != CellKind::array) return keeps_whole(cell);
  ArrayView array(cell.text);
  for (std::size_t left = array.size(); left > 0; --left)
    if (!keeps_whole(array.next())) return false;
  return true;
}

bool Limits::keeps_whole(const CellView& cell) const {
  if (cell.kind == CellKind::real || cell.kind == CellKind::single)
    return of_ != Of::fraction || !std::isfinite(cell.real) ||
           fraction_digits(shortest(cell)) <= most_;
  if (cell.kind != CellKind::plain && cell.kind != CellKind::text) return true;
  return of_ == Of::fraction ? fraction_digits(cell.text) <= most_
                             : characters(cell.text) <= static_cast<std::size_t>(most_);
}

}  // namespace dbkeeper::postgres
