#include "engines/postgres/copy_field.h"

#include "dbkeeper/base/utf8.h"
#include "dbkeeper/model/array.h"
#include "engines/postgres/copy_text.h"

namespace dbkeeper::postgres {

CopyField::CopyField(const Column& column, bool any_bytes)
    : column_(column),
      any_bytes_(any_bytes),
      limits_(column.type),
      encode_(wire::encoder(column.type)) {}

bool CopyField::append_binary(const CellView& cell, std::string& out) const {
  return passes(cell) && encode_(cell, out);
}

bool CopyField::append_text(const CellView& cell, std::string& out) const {
  return passes(cell) && append_copy_text(cell, column_.type, encode_, out);
}

std::string CopyField::complaint(const CellView& cell) const {
  if (const char* complaint = complaint_of_text(cell)) return complaint;
  if (const char* complaint = limits_.complaint(cell)) return complaint;
  return "doesn't fit " + column_.type.name;
}

bool CopyField::passes(const CellView& cell) const {
  return limits_.keep_whole(cell) && !complaint_of_text(cell);
}

// The server would break off the whole COPY, naming no row.
const char* CopyField::complaint_of_text(const CellView& cell) const {
  switch (cell.kind) {
    case CellKind::text:
    case CellKind::json:
      if (cell.text.find('\0') != cell.text.npos) return "has a NUL in it, which no text may have here";
      return any_bytes_ || is_utf8(cell.text) ? nullptr : "is not UTF-8";
    case CellKind::array: {
      ArrayView array(cell.text);
      for (std::size_t left = array.size(); left > 0; --left)
        if (const char* complaint = complaint_of_text(array.next())) return complaint;
      return nullptr;
    }
    default:
      return nullptr;
  }
}

}  // namespace dbkeeper::postgres
