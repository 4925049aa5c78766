#include "engines/postgres/text_check.h"

#include <cstdint>
#include <cstring>

namespace dbkeeper::postgres {
namespace {

using Byte = unsigned char;

// Bytes from the beginning on that are ASCII, looked at eight at a time: mostly all of them.
std::size_t ascii_run(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t eight; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if (eight & kHigh) break;
  }
  while (at < text.size() && static_cast<Byte>(text[at]) < 0x80) ++at;
  return at;
}

// The length of the character at the beginning, which isn't ASCII; 0 if it is none.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<Byte>(text[0]);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  const auto second = static_cast<Byte>(text[1]);
  const Byte least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const Byte most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < least || second > most) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((static_cast<Byte>(text[i]) & 0xC0) != 0x80) return 0;
  return length;
}

}  // namespace

bool has_nul(std::string_view text) { return text.find('\0') != text.npos; }

bool is_utf8(std::string_view text) {
  while (true) {
    text.remove_prefix(ascii_run(text));
    if (text.empty()) return true;
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

}  // namespace dbkeeper::postgres
