#include "engines/sqlite/text_encoding.h"

#include <cstdint>

#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {
namespace {

bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

char byte(std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); }

char* put(char* out, std::uint32_t code) {
  if (code < 0x80) {
    *out++ = byte(code);
  } else if (code < 0x800) {
    *out++ = byte(0xc0 | code >> 6);
    *out++ = byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *out++ = byte(0xe0 | code >> 12);
    *out++ = byte(0x80 | (code >> 6 & 0x3f));
    *out++ = byte(0x80 | (code & 0x3f));
  } else {
    *out++ = byte(0xf0 | code >> 18);
    *out++ = byte(0x80 | (code >> 12 & 0x3f));
    *out++ = byte(0x80 | (code >> 6 & 0x3f));
    *out++ = byte(0x80 | (code & 0x3f));
  }
  return out;
}

// A code point at the beginning of a text, and the bytes that it takes; 0 bytes if there is none,
// or it could have been written shorter.
struct CodePoint {
  std::uint32_t code = 0;
  std::size_t bytes = 0;
};

CodePoint first_code_point(std::string_view text) {
  const auto at = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const std::uint32_t lead = at(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  std::uint32_t code = lead & (0x7fu >> bytes);
  if (lead < 0xc2 || lead > 0xf4) return {};
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (at(i) & 0x3f);
  }
  const std::uint32_t least = bytes == 2 ? 0x80 : bytes == 3 ? 0x800 : 0x10000;
  if (code < least || code > 0x10ffff) return {};
  return {code, bytes};
}

}  // namespace

TextEncoding text_encoding(Connection& connection) {
  Statement encoding(connection, "PRAGMA main.encoding");
  const std::string_view name = encoding.step() ? encoding.text(0) : "";
  if (name == "UTF-16le") return TextEncoding::utf16le;
  return name == "UTF-16be" ? TextEncoding::utf16be : TextEncoding::utf8;
}

std::size_t to_utf8(std::string_view stored, TextEncoding encoding, char* out) {
  const std::size_t high = encoding == TextEncoding::utf16be ? 0 : 1;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(stored[at + high])) << 8 |
           static_cast<unsigned char>(stored[at + 1 - high]);
  };
  const char* const begin = out;
  for (std::size_t at = 0; at + 1 < stored.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (is_high(code) && at + 3 < stored.size() && is_low(unit(at + 2))) {
      code = 0x10000 + ((code & 0x3ff) << 10 | (unit(at + 2) & 0x3ff));
      at += 2;
    }
    out = put(out, code);
  }
  return static_cast<std::size_t>(out - begin);
}

std::optional<std::u16string> to_utf16(std::string_view text) {
  std::u16string units;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.bytes == 0) return std::nullopt;
    // Two halves side by side would come back as the pair that they are.
    if (is_low(point.code) && !units.empty() && is_high(units.back())) return std::nullopt;
    if (point.code >= 0x10000) {
      units += static_cast<char16_t>(0xd800 + ((point.code - 0x10000) >> 10));
      units += static_cast<char16_t>(0xdc00 + (point.code & 0x3ff));
    } else {
      units += static_cast<char16_t>(point.code);
    }
    text.remove_prefix(point.bytes);
  }
  return units;
}

}  // namespace dbkeeper::sqlite
