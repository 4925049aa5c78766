#include "dbkeeper/base/decimal.h"

#include "support/catch.h"

namespace dbkeeper {
namespace {

// "-|15|1|2": sign, digits, point, scale
std::string parts(std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number) return "none";
  return (number->negative ? "-|" : "|") + number->digits + "|" + std::to_string(number->point) +
         "|" + std::to_string(number->scale);
}

std::string kept(std::string_view text) {
  const Decimal number = significant(*parse_decimal(text));
  return number.digits + "|" + std::to_string(number.point);
}

}  // namespace

TEST_CASE("a decimal number comes apart, its exponent counted in") {
  CHECK(parts("-1.50") == "-|150|1|2");
  CHECK(parts("+007") == "|007|3|0");
  CHECK(parts(".5") == "|5|0|1");
  CHECK(parts("1.25e+3") == "|125|4|0");
  CHECK(parts("1E-3") == "|1|-2|3");
  for (const char* none :
       {"", "-", ".", "1e", "1e+", "1e+-3", "0x1", "1 ", "1e320001", "1e-2147483648"})
    CHECK(parts(none) == "none");
}

TEST_CASE("zeros at either end of a number's digits don't count") {
  CHECK(kept("0.00") == "|0");
  CHECK(kept("-000120.00") == "12|3");
  CHECK(kept("0.00120") == "12|-2");
  CHECK(kept("12e1") == kept("120.0"));
}

}  // namespace dbkeeper
