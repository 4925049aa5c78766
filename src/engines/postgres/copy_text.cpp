#include "engines/postgres/copy_text.h"

#include "dbkeeper/model/array.h"
#include "engines/postgres/array_text.h"
#include "engines/postgres/cell_text.h"

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

// Numbers and booleans as the type's input function reads them, where the type's own encoder takes
// them: a whole float for an integer has no exponent, true for one is 1.
std::string text_for(const CellView& cell, const Type& type) {
  const bool is_float = cell.kind == CellKind::real || cell.kind == CellKind::single;
  switch (type.family) {
    case Family::integer:
      return std::to_string(is_float ? static_cast<std::int64_t>(cell.real) : cell.integer);
    case Family::text:
    case Family::json:
    case Family::jsonb:
      return cast_text(cell);
    default:
      return text_of(cell);
  }
}

}  // namespace

bool append_copy_text(const CellView& cell, const Type& type, const wire::Encoder& native,
                      std::string& out) {
  std::string ignored;
  if (cell.kind != CellKind::null && native && !native(cell, ignored)) return false;
  switch (cell.kind) {
    case CellKind::null:
      out += "\\N";
      return true;
    case CellKind::bytes:
      if (type.family != Family::bytes) return false;
      append_escaped(text_of(cell), out);
      return true;
    case CellKind::array: {
      if (type.family != Family::array) return false;
      std::string text;
      append_array_text(text, cell.text, type.delimiter);
      append_escaped(text, out);
      return true;
    }
    case CellKind::plain:
    case CellKind::text:
    case CellKind::json:
      append_escaped(cell.text, out);
      return true;
    default:
      out += text_for(cell, type);
      return true;
  }
}

std::string shown(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return "NULL";
    case CellKind::boolean:
      return cell.integer ? "true" : "false";
    case CellKind::integer:
    case CellKind::real:
    case CellKind::single:
      return text_of(cell);
    case CellKind::array:
      return "(array of " + std::to_string(ArrayView(cell.text).size()) + ")";
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
