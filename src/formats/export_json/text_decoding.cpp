#include "formats/export_json/text_decoding.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "dbkeeper/base/json_text.h"

namespace dbkeeper::export_json {
namespace {

constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> base64_values() {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kNoDigit;
  for (std::uint8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(kDigits[i])] = i;
  return values;
}
constexpr std::array<std::uint8_t, 256> kBase64 = base64_values();

std::uint32_t base64_at(std::string_view text, std::size_t at) {
  return kBase64[static_cast<unsigned char>(text[at])];
}

char unescaped(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;  // a quote, a backslash, a slash
  }
}

// The four hexadecimal digits of a \u escape whose backslash stands at `at`.
std::uint32_t unit_at(std::string_view text, std::size_t at) {
  std::uint32_t unit = 0;
  for (const char c : text.substr(at + 2, 4))
    unit = unit << 4 | static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return unit;
}

char* put_utf8(char* to, std::uint32_t code) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
    return to;
  }
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
  return to;
}

// The character that the \u escape at `at` means, perhaps with the one behind it; `at` moves on.
std::optional<std::uint32_t> take_code(std::string_view text, std::size_t& at) {
  constexpr std::size_t kLength = 6;
  const std::uint32_t unit = unit_at(text, at);
  at += kLength;
  if (unit < 0xD800 || unit > 0xDFFF) return unit;
  if (unit > 0xDBFF || !text.substr(at).starts_with("\\u")) return std::nullopt;
  const std::uint32_t low = unit_at(text, at);
  at += kLength;
  if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
  return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

}  // namespace

std::optional<std::size_t> decode_escapes(std::string_view text, char* out) {
  char* to = out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t run = unescaped_run(text, at);
    std::memcpy(to, text.data() + at, run);
    to += run;
    at += run;
    if (at == text.size()) break;
    if (text[at + 1] != 'u') {
      *to++ = unescaped(text[at + 1]);
      at += 2;
    } else if (const auto code = take_code(text, at)) {
      to = put_utf8(to, *code);
    } else {
      return std::nullopt;
    }
  }
  return static_cast<std::size_t>(to - out);
}

std::optional<std::string> decoded_escapes(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = decode_escapes(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::optional<std::size_t> decode_base64(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return 0;
  char* to = out;
  std::uint32_t bad = 0;
  for (std::size_t at = 0; at + 4 < text.size(); at += 4) {
    const std::uint32_t a = base64_at(text, at), b = base64_at(text, at + 1),
                        c = base64_at(text, at + 2), d = base64_at(text, at + 3);
    bad |= a | b | c | d;
    const std::uint32_t three = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<char>(three >> 16);
    *to++ = static_cast<char>(three >> 8);
    *to++ = static_cast<char>(three);
  }
  const std::string_view last = text.substr(text.size() - 4);
  const std::size_t padding = last.ends_with("==") ? 2 : last.ends_with("=") ? 1 : 0;
  std::uint32_t three = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint32_t digit = i < 4 - padding ? base64_at(last, i) : 0;
    bad |= digit;
    three = three << 6 | (digit & 0x3F);
  }
  const std::uint32_t left_over = padding == 2 ? three & 0xFFFF : padding == 1 ? three & 0xFF : 0;
  if ((bad & kNoDigit) != 0 || left_over != 0) return std::nullopt;
  for (std::size_t i = 0; i < 3 - padding; ++i) *to++ = static_cast<char>(three >> (16 - 8 * i));
  return static_cast<std::size_t>(to - out);
}

}  // namespace dbkeeper::export_json
