#include "engines/postgres/wire_numeric.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "dbkeeper/base/decimal.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/wire.h"
#include "engines/postgres/wire_check.h"

namespace dbkeeper::postgres::wire {
namespace {

// utils/adt/numeric.c
constexpr int kGroup = 4;  // decimal digits in one
constexpr int kBase = 10000;
constexpr std::uint16_t kPositive = 0x0000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kNaN = 0xC000;
constexpr std::uint16_t kInfinity = 0xD000;
constexpr std::uint16_t kMinusInfinity = 0xF000;
constexpr int kMostScale = 16383;
constexpr int kMostWeight = 131072 / kGroup - 1;

struct Header {
  int groups;
  int weight;  // of the first group, in powers of kBase
  std::uint16_t sign;
  int scale;  // decimal digits behind the point
};
constexpr std::size_t kHeaderSize = 8;

Header header_of(std::string_view bytes) {
  if (bytes.size() < kHeaderSize) malformed("numeric");
  const Header header{int16_at(bytes.data()), int16_at(bytes.data() + 2),
                      static_cast<std::uint16_t>(int16_at(bytes.data() + 4)),
                      int16_at(bytes.data() + 6)};
  if (header.groups < 0 || header.scale < 0 || header.scale > kMostScale ||
      bytes.size() != kHeaderSize + 2 * static_cast<std::size_t>(header.groups))
    malformed("numeric");
  return header;
}

// The group that stands for kBase^power; 0 outside those that are written.
int group_at(std::string_view bytes, const Header& header, int power) {
  const int index = header.weight - power;
  if (index < 0 || index >= header.groups) return 0;
  const int group = int16_at(bytes.data() + kHeaderSize + 2 * index);
  if (group < 0 || group >= kBase) malformed("numeric");
  return group;
}

void put_group(char* out, int group) {
  for (int i = kGroup - 1; i >= 0; --i, group /= 10) out[i] = static_cast<char>('0' + group % 10);
}

char* put_integer_part(char* out, std::string_view bytes, const Header& header) {
  if (header.weight < 0) {
    *out++ = '0';
    return out;
  }
  out = std::to_chars(out, out + kGroup + 1, group_at(bytes, header, header.weight)).ptr;
  for (int power = header.weight - 1; power >= 0; --power, out += kGroup)
    put_group(out, group_at(bytes, header, power));
  return out;
}

char* put_fraction(char* out, std::string_view bytes, const Header& header) {
  *out++ = '.';
  std::array<char, kGroup> digits;
  int power = -1;
  for (int left = header.scale; left > 0; left -= kGroup, --power) {
    put_group(digits.data(), group_at(bytes, header, power));
    const int taken = std::min(left, kGroup);
    std::memcpy(out, digits.data(), static_cast<std::size_t>(taken));
    out += taken;
  }
  return out;
}

void append_special(std::string& out, std::uint16_t sign) {
  append_int16(out, 0);
  append_int16(out, 0);
  append_int16(out, static_cast<std::int16_t>(sign));
  append_int16(out, 0);
}

// The digits in groups of four around the point, zero groups at both ends left out.
bool append_decimal(std::string& out, const Decimal& number) {
  if (number.scale > kMostScale) return false;
  const int first_power =
      number.point > 0 ? (number.point + kGroup - 1) / kGroup - 1 : -((-number.point) / kGroup) - 1;
  std::string digits((first_power + 1) * kGroup - number.point, '0');
  digits += number.digits;
  digits.resize((digits.size() + kGroup - 1) / kGroup * kGroup, '0');

  std::string groups;
  int weight = first_power;
  std::size_t kept = 0;  // bytes of `groups` up to the last one that isn't zero
  for (std::size_t i = 0; i < digits.size(); i += kGroup) {
    int group = 0;
    std::from_chars(digits.data() + i, digits.data() + i + kGroup, group);
    if (group == 0 && groups.empty()) {
      --weight;
      continue;
    }
    append_int16(groups, static_cast<std::int16_t>(group));
    if (group != 0) kept = groups.size();
  }
  groups.resize(kept);
  if (groups.empty()) weight = 0;
  if (weight > kMostWeight || groups.size() / 2 > INT16_MAX) return false;
  append_int16(out, static_cast<std::int16_t>(groups.size() / 2));
  append_int16(out, static_cast<std::int16_t>(weight));
  append_int16(
      out, static_cast<std::int16_t>(number.negative && !groups.empty() ? kNegative : kPositive));
  append_int16(out, static_cast<std::int16_t>(number.scale));
  out += groups;
  return true;
}

bool append_text(std::string& out, std::string_view text) {
  if (const auto number = parse_decimal(text)) return append_decimal(out, *number);
  const std::string lower = lower_ascii(text);
  if (lower == "nan")
    append_special(out, kNaN);
  else if (lower == "infinity")
    append_special(out, kInfinity);
  else if (lower == "-infinity")
    append_special(out, kMinusInfinity);
  else
    return false;
  return true;
}

// A float comes as the shortest text that reads back the same.
template <class Number>
bool append_float(std::string& out, Number value) {
  if (std::isnan(value)) return append_text(out, "NaN");
  if (std::isinf(value)) return append_text(out, value > 0 ? "Infinity" : "-Infinity");
  std::array<char, 64> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return append_text(out, {text.data(), end});
}

}  // namespace

void decode_numeric(std::string_view bytes, Batch& batch) {
  const Header header = header_of(bytes);
  if (header.sign == kNaN) return batch.add(CellKind::plain, "NaN");
  if (header.sign == kInfinity) return batch.add(CellKind::plain, "Infinity");
  if (header.sign == kMinusInfinity) return batch.add(CellKind::plain, "-Infinity");
  if (header.sign != kPositive && header.sign != kNegative) malformed("numeric");
  const int integer_digits = (std::max(header.weight, 0) + 1) * kGroup;
  const auto room = static_cast<std::size_t>(integer_digits + header.scale + 3);
  char* const begin = batch.add_space(CellKind::plain, room);
  char* end = begin;
  if (header.sign == kNegative) *end++ = '-';
  end = put_integer_part(end, bytes, header);
  if (header.scale > 0) end = put_fraction(end, bytes, header);
  batch.shrink_last(static_cast<std::size_t>(end - begin));
}

bool encode_numeric(const CellView& cell, std::string& out) {
  switch (cell.kind) {
    case CellKind::integer:
      return append_text(out, std::to_string(cell.integer));
    case CellKind::real:
      return append_float(out, cell.real);
    case CellKind::single:
      return append_float(out, static_cast<float>(cell.real));
    case CellKind::plain:
    case CellKind::text:
      return append_text(out, cell.text);
    default:
      return false;
  }
}

}  // namespace dbkeeper::postgres::wire
