// Numbers and the texts that stand for them: what goes from the one into the other and back without
// a digit being lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// The shortest text that reads back the same, with a point or exponent: "2.0", "-0.0", "1e+23";
// "NaN", "Infinity".
std::string float_text(double value);
std::string float_text(float value);

// The integer that the text is the one way to write: no leading zero, plus or blank.
std::optional<std::int64_t> written_integer(std::string_view text);

// Whether the text is a number without leading zeros, plus and blanks; exponents are allowed.
bool is_plain_number(std::string_view text);

// Whether a column that leans towards numbers makes one of the text: blanks around, a sign, zeros
// in front, a point without digits on one side and an exponent are no hindrance.
bool reads_as_number(std::string_view text);

// The integer that the float is; none for -0.0.
std::optional<std::int64_t> integer_in(double value);

// Whether the integer survives as a float.
bool fits_float(std::int64_t value);

// The float that has all the digits of the number in the text, as its own shortest text shows.
std::optional<double> float_with_all_digits(std::string_view text);

}  // namespace dbkeeper
