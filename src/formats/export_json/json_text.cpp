#include "formats/export_json/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace dbkeeper::export_json {
namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kHex[] = "0123456789abcdef";

// What a byte becomes inside a JSON string: 0 itself, 'u' a \u00XX escape, else the letter after \.
constexpr std::array<char, 256> escape_table() {
  std::array<char, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[static_cast<std::size_t>(c)] = 'u';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}
constexpr std::array<char, 256> kEscape = escape_table();

template <class Float>
void append_float(std::string& out, Float value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscape[byte];
    if (escape == 0) continue;
    out.append(text, clean, i - clean);
    clean = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') out.append({'0', '0', kHex[byte >> 4], kHex[byte & 15]});
  }
  out.append(text, clean);
  out += '"';
}

void append_real(std::string& out, double value) { append_float(out, value); }
void append_single(std::string& out, float value) { append_float(out, value); }

void append_base64(std::string& out, std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t i = 0;
  for (; i + 2 < bytes.size(); i += 3) {
    const std::uint32_t three =
        static_cast<std::uint32_t>(at(i) << 16 | at(i + 1) << 8 | at(i + 2));
    out.append({kBase64[three >> 18], kBase64[three >> 12 & 63], kBase64[three >> 6 & 63],
                kBase64[three & 63]});
  }
  if (i + 1 == bytes.size())
    out.append({kBase64[at(i) >> 2], kBase64[(at(i) & 3) << 4], '=', '='});
  else if (i + 2 == bytes.size())
    out.append({kBase64[at(i) >> 2], kBase64[(at(i) & 3) << 4 | at(i + 1) >> 4],
                kBase64[(at(i + 1) & 15) << 2], '='});
}

std::optional<std::string> decoded_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit =
        i >= text.size() - padding ? 0 : std::string_view(kBase64, 64).find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 != 3) continue;
    out.append(
        {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)});
    bits = 0;
  }
  out.resize(out.size() - padding);
  return out;
}

}  // namespace dbkeeper::export_json
