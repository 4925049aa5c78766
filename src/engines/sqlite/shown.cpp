#include "engines/sqlite/shown.h"

#include <fmt/format.h>

namespace dbkeeper::sqlite {
namespace {

constexpr std::size_t kBytes = 60;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, kBytes / 2))
    out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return bytes.size() > kBytes / 2 ? out + "…" : out;
}

}  // namespace

std::string shortened(std::string_view text) {
  if (text.size() <= kBytes) return std::string(text);
  std::size_t end = kBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string shown(const CellView& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return "NULL";
    case CellKind::boolean:
    case CellKind::integer:
      return fmt::format("{}", cell.integer);
    case CellKind::real:
    case CellKind::single:
      return fmt::format("{}", cell.real);
    case CellKind::bytes:
      return fmt::format("x'{}'", hex(cell.text));
    default:
      return fmt::format("'{}'", shortened(cell.text));
  }
}

}  // namespace dbkeeper::sqlite
