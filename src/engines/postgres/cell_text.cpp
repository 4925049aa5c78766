#include "engines/postgres/cell_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace dbkeeper::postgres {
namespace {

std::string float_text(const CellView& cell) {
  if (std::isnan(cell.real)) return "NaN";
  if (std::isinf(cell.real)) return cell.real > 0 ? "Infinity" : "-Infinity";
  std::array<char, 64> text;
  char* const begin = text.data();
  char* const limit = begin + text.size();
  return {begin, cell.kind == CellKind::single
                     ? std::to_chars(begin, limit, static_cast<float>(cell.real)).ptr
                     : std::to_chars(begin, limit, cell.real).ptr};
}

std::string hex_text(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\\x";
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

}  // namespace

std::string text_of(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::boolean:
      return cell.integer ? "t" : "f";
    case CellKind::integer:
      return std::to_string(cell.integer);
    case CellKind::real:
    case CellKind::single:
      return float_text(cell);
    case CellKind::bytes:
      return hex_text(cell.text);
    default:
      return std::string(cell.text);
  }
}

std::string cast_text(const CellView& cell) {
  if (cell.kind == CellKind::boolean) return cell.integer ? "true" : "false";
  return text_of(cell);
}

}  // namespace dbkeeper::postgres
