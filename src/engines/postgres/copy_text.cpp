#include "engines/postgres/copy_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kShown = 80;

// The server takes a backslash and what follows for something else, tab and line end for ends.
void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
}

void append_hex(std::string_view bytes, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\\\x";  // \x, its backslash escaped
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[c & 15];
  }
}

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

}  // namespace

bool append_copy_text(const CellView& cell, const Type& type, wire::Encode native,
                      std::string& out) {
  std::string ignored;
  if (cell.kind != CellKind::null && native && !native(cell, ignored)) return false;
  switch (cell.kind) {
    case CellKind::null:
      out += "\\N";
      return true;
    case CellKind::boolean:
      out += cell.integer ? 't' : 'f';
      return true;
    case CellKind::integer:
      out += std::to_string(cell.integer);
      return true;
    case CellKind::real:
    case CellKind::single:
      out += float_text(cell);
      return true;
    case CellKind::plain:
    case CellKind::text:
    case CellKind::json:
      append_escaped(cell.text, out);
      return true;
    case CellKind::bytes:
      if (type.family != Family::bytes && !native) return false;
      type.family == Family::bytes ? append_hex(cell.text, out) : append_escaped(cell.text, out);
      return true;
  }
  return false;
}

std::string shown(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return "NULL";
    case CellKind::boolean:
      return cell.integer ? "true" : "false";
    case CellKind::integer:
      return std::to_string(cell.integer);
    case CellKind::real:
    case CellKind::single:
      return float_text(cell);
    case CellKind::bytes:
      return "(" + std::to_string(cell.text.size()) + " bytes)";
    default:
      break;
  }
  std::size_t end = std::min(cell.text.size(), kShown);
  while (end > 0 && end < cell.text.size() && (cell.text[end] & 0xC0) == 0x80) --end;
  return "'" + std::string(cell.text.substr(0, end)) + (end < cell.text.size() ? "…'" : "'");
}

}  // namespace dbkeeper::postgres
