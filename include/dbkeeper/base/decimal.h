// Decimal numbers taken apart: what a numeric column, its limits and the loss in a float are
// told by.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// The value 0.digits × 10^point.
struct Decimal {
  bool negative = false;
  std::string digits;
  int point = 0;
  int scale = 0;  // digits that were written behind the point
};

// Sign, digits, point, digits, exponent; nothing if `text` is something else, or has an exponent
// that no type can hold.
std::optional<Decimal> parse_decimal(std::string_view text);

// The same value without zeros at either end of its digits; none of zero.
Decimal significant(Decimal number);

}  // namespace dbkeeper
