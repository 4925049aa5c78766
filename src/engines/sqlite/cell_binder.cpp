#include "engines/sqlite/cell_binder.h"

#include <cmath>

#include "engines/sqlite/column_type.h"

namespace dbkeeper::sqlite {
namespace {

// A null pointer would mean NULL, not empty.
const char* start(std::string_view text) { return text.empty() ? "" : text.data(); }

}  // namespace

std::optional<std::string_view> CellBinder::bind(Statement& statement, int parameter,
                                                 const CellView& cell, bool keeps_negative_zero) {
  int code = SQLITE_OK;
  switch (cell.kind) {
    case CellKind::null:
      code = sqlite3_bind_null(statement.raw(), parameter);
      break;
    case CellKind::boolean:
    case CellKind::integer:
      code = sqlite3_bind_int64(statement.raw(), parameter, cell.integer);
      break;
    case CellKind::real:
    case CellKind::single:
      // SQLite would store NULL.
      if (std::isnan(cell.real)) return "NaN";
      if (cell.real == 0 && std::signbit(cell.real) && !keeps_negative_zero)
        return "-0.0 there: it would become 0.0";
      code = sqlite3_bind_double(statement.raw(), parameter, cell.real);
      break;
    case CellKind::plain:
    case CellKind::text:
    case CellKind::json:
      if (encoding_ == TextEncoding::utf8) {
        code = sqlite3_bind_text64(statement.raw(), parameter, start(cell.text), cell.text.size(),
                                   SQLITE_STATIC, SQLITE_UTF8);
      } else {
        // SQLite's own conversion would put another character where it finds no valid UTF-8.
        const auto units = to_utf16(cell.text);
        if (!units) return "text that is not UTF-8: the database is UTF-16";
        code = bind_utf16(statement, parameter, *units);
      }
      break;
    case CellKind::bytes:
      code = sqlite3_bind_blob64(statement.raw(), parameter, start(cell.text), cell.text.size(),
                                 SQLITE_STATIC);
      break;
    case CellKind::array:
      return "an array";
  }
  if (code == SQLITE_TOOBIG) return "a value of that length";
  if (code != SQLITE_OK) connection_.fail(code);
  return std::nullopt;
}

// SQLite takes a byte order mark away: the text gets one of its own to take.
int CellBinder::bind_utf16(Statement& statement, int parameter, const std::u16string& units) {
  const std::u16string marked = u'\ufeff' + units;
  return sqlite3_bind_text64(statement.raw(), parameter,
                             reinterpret_cast<const char*>(marked.data()),
                             marked.size() * sizeof(char16_t), SQLITE_TRANSIENT, SQLITE_UTF16);
}

bool keeps_negative_zero(const Column& column, bool strict) {
  return (strict && column.type.family == Family::any) ||
         affinity(column.type.name) == Affinity::none;
}

}  // namespace dbkeeper::sqlite
