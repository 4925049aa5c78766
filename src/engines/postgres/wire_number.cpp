#include "engines/postgres/wire_number.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "dbkeeper/base/decimal.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/wire.h"
#include "engines/postgres/wire_check.h"

namespace dbkeeper::postgres::wire {
namespace {

// Integers up to here are doubles without loss.
constexpr std::int64_t kExact = std::int64_t{1} << 53;
constexpr std::int64_t kExactSingle = 1 << 24;

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// A float that is a whole number, but for the zero that has a sign.
std::optional<std::int64_t> integer_in_float(double value) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (!(value >= -kEnd && value < kEnd) || value != std::trunc(value)) return std::nullopt;
  if (value == 0 && std::signbit(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> integer_in(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::boolean:
    case CellKind::integer:
      return cell.integer;
    case CellKind::real:
    case CellKind::single:
      return integer_in_float(cell.real);
    case CellKind::plain:
    case CellKind::text:
      return parsed<std::int64_t>(cell.text);
    default:
      return std::nullopt;
  }
}

template <class Number>
std::string shortest(Number value) {
  std::array<char, 64> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

// Whether the text is the number as it is written, zeros and the place of the point aside: then no
// digit is lost.
template <class Number>
bool is_written_so(std::string_view text, Number value) {
  const auto given = parse_decimal(text), written = parse_decimal(shortest(value));
  if (!given || !written) return false;
  const Decimal a = significant(*given), b = significant(*written);
  return a.digits == b.digits && a.point == b.point;
}

template <class Number>
std::optional<Number> float_in_text(std::string_view text) {
  const std::string lower = lower_ascii(text);
  if (lower == "nan") return std::numeric_limits<Number>::quiet_NaN();
  if (lower == "infinity") return std::numeric_limits<Number>::infinity();
  if (lower == "-infinity") return -std::numeric_limits<Number>::infinity();
  const auto value = parsed<Number>(text);
  return value && is_written_so(text, *value) ? value : std::nullopt;
}

// A double fits a float that is the same number, or is written the same: 0.1.
bool fits_single(double value) {
  if (!std::isfinite(value)) return true;
  if (std::abs(value) > std::numeric_limits<float>::max()) return false;
  const float single = static_cast<float>(value);
  return single == value || shortest(single) == shortest(value);
}

}  // namespace

void decode_int2(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 2, "smallint");
  batch.add_integer(int16_at(bytes.data()));
}
void decode_int4(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 4, "integer");
  batch.add_integer(int32_at(bytes.data()));
}
void decode_int8(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 8, "bigint");
  batch.add_integer(int64_at(bytes.data()));
}
void decode_oid(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 4, "oid");
  batch.add_integer(static_cast<std::uint32_t>(int32_at(bytes.data())));
}
void decode_float4(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 4, "real");
  batch.add_single(std::bit_cast<float>(int32_at(bytes.data())));
}
void decode_float8(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 8, "double precision");
  batch.add_real(std::bit_cast<double>(int64_at(bytes.data())));
}

bool encode_int2(const CellView& cell, std::string& out) {
  const auto value = integer_in(cell);
  if (!value || *value != static_cast<std::int16_t>(*value)) return false;
  append_int16(out, static_cast<std::int16_t>(*value));
  return true;
}
bool encode_int4(const CellView& cell, std::string& out) {
  const auto value = integer_in(cell);
  if (!value || *value != static_cast<std::int32_t>(*value)) return false;
  append_int32(out, static_cast<std::int32_t>(*value));
  return true;
}
bool encode_int8(const CellView& cell, std::string& out) {
  const auto value = integer_in(cell);
  if (!value) return false;
  append_int64(out, *value);
  return true;
}
bool encode_oid(const CellView& cell, std::string& out) {
  const auto value = integer_in(cell);
  if (!value || *value != static_cast<std::uint32_t>(*value)) return false;
  append_int32(out, static_cast<std::int32_t>(static_cast<std::uint32_t>(*value)));
  return true;
}

bool encode_float4(const CellView& cell, std::string& out) {
  std::optional<float> value;
  if (cell.kind == CellKind::single || (cell.kind == CellKind::real && fits_single(cell.real)))
    value = static_cast<float>(cell.real);
  else if (cell.kind == CellKind::integer && cell.integer >= -kExactSingle &&
           cell.integer <= kExactSingle)
    value = static_cast<float>(cell.integer);
  else if (is_text(cell))
    value = float_in_text<float>(cell.text);
  if (!value) return false;
  append_int32(out, std::bit_cast<std::int32_t>(*value));
  return true;
}

bool encode_float8(const CellView& cell, std::string& out) {
  std::optional<double> value;
  if (cell.kind == CellKind::real || cell.kind == CellKind::single)
    value = cell.real;
  else if (cell.kind == CellKind::integer && cell.integer >= -kExact && cell.integer <= kExact)
    value = static_cast<double>(cell.integer);
  else if (is_text(cell))
    value = float_in_text<double>(cell.text);
  if (!value) return false;
  append_int64(out, std::bit_cast<std::int64_t>(*value));
  return true;
}

}  // namespace dbkeeper::postgres::wire
