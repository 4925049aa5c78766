#include "dbkeeper/base/printable.h"

#include <fmt/format.h>

#include "dbkeeper/base/utf8.h"

namespace dbkeeper {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// ARABIC LETTER MARK, directional marks, line and paragraph separator, embeddings, overrides and
// isolates (Unicode's Bidi_Control, and what ends lines).
bool directs(char32_t c) {
  return c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::string escape(char32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return c < 0x80 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c))
                      : fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

std::string escaped(std::string_view text, bool with_lines) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto found = steering(text);
    const bool stays = with_lines && (text.front() == '\n' || text.front() == '\t');
    if (length == 0)
      out += fmt::format("\\x{:02x}", byte_at(text, 0));
    else if (found && !stays)
      out += escape(found->number);
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace

std::optional<Steering> steering(std::string_view text) {
  const std::size_t length = utf8_length(text);
  char32_t number = 0;
  if (length == 1) {
    number = byte_at(text, 0);
    if (number >= 0x20 && number != 0x7F) return std::nullopt;
  } else if (length == 2) {
    number = (byte_at(text, 0) & 0x1F) << 6 | (byte_at(text, 1) & 0x3F);
    if (number > 0x9F && !directs(number)) return std::nullopt;
  } else if (length == 3) {
    number = (byte_at(text, 0) & 0x0F) << 12 | (byte_at(text, 1) & 0x3F) << 6 |
             (byte_at(text, 2) & 0x3F);
    if (!directs(number)) return std::nullopt;
  } else {
    return std::nullopt;
  }
  return Steering{length, number};
}

std::string printable(std::string_view text) { return escaped(text, true); }

std::string one_line(std::string_view text) { return escaped(text, false); }

}  // namespace dbkeeper
