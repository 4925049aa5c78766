#include "dbkeeper/base/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#endif

namespace dbkeeper {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// What a byte becomes inside a JSON string: 0 itself, 'u' a \u00xx escape, else
// the letter after \.
constexpr std::array<char, 256> escape_table() {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
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

char escape_of(char c) { return kEscape[static_cast<unsigned char>(c)]; }

void append_escaped(Buffer& out, char c) {
  const char escape = escape_of(c);
  out += '\\';
  out += escape;
  if (escape == 'u') {
    const auto byte = static_cast<unsigned char>(c);
    for (const char digit : {'0', '0', kHex[byte >> 4], kHex[byte & 15]}) out += digit;
  }
}

void append_unit(Buffer& out, std::uint32_t unit) {
  for (const char c :
       {'\\', 'u', kHex[unit >> 12], kHex[unit >> 8 & 15], kHex[unit >> 4 & 15], kHex[unit & 15]})
    out += c;
}

void append_utf8(Buffer& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    if (escape_of(static_cast<char>(code)) != 0)
      append_escaped(out, static_cast<char>(code));
    else
      byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// The four hexadecimal digits of a \u escape whose backslash stands at `at`.
std::uint32_t unit_at(std::string_view text, std::size_t at) {
  std::uint32_t unit = 0;
  for (const char c : text.substr(at + 2, 4))
    unit = unit << 4 | static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return unit;
}

bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Appends what a \u escape at `at` means; where the text goes on behind it.
std::size_t append_unescaped_unit(Buffer& out, std::string_view text, std::size_t at) {
  constexpr std::size_t kLength = 6;
  const std::uint32_t unit = unit_at(text, at);
  if (is_high(unit) && text.substr(at + kLength).starts_with("\\u")) {
    const std::uint32_t next = unit_at(text, at + kLength);
    if (is_low(next)) {
      append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
      return at + 2 * kLength;
    }
  }
  if (is_high(unit) || is_low(unit))
    append_unit(out, unit);
  else
    append_utf8(out, unit);
  return at + kLength;
}

// Appends the string whose quote stands at `at`; where the text goes on behind
// it.
std::size_t append_canonical_string(Buffer& out, std::string_view text, std::size_t at) {
  out += text[at++];
  while (true) {
    const std::size_t clean = unescaped_run(text, at);
    out += text.substr(at, clean);
    at += clean;
    if (at >= text.size()) return at;
    if (text[at] == '"') {
      out += '"';
      return at + 1;
    }
    if (text[at] != '\\') {
      append_escaped(out, text[at++]);
    } else if (text[at + 1] == 'u') {
      at = append_unescaped_unit(out, text, at);
    } else if (text[at + 1] == '/') {
      out += '/';
      at += 2;
    } else {
      out += text.substr(at, 2);
      at += 2;
    }
  }
}

// JSON has no such numbers; the exports' way to write them.
std::string_view name_of_no_number(double value) {
  if (std::isnan(value)) return "\"NaN\"";
  return value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
}

template <class Number>
void append_number(Buffer& out, Number number) {
  char digits[32];
  const char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out += std::string_view(digits, static_cast<std::size_t>(end - digits));
}

struct AppendJson {
  Buffer& out;
  MemberOrder order;

  void operator()(std::monostate) const { out += std::string_view("null"); }
  void operator()(bool value) const { out += std::string_view(value ? "true" : "false"); }
  void operator()(std::int64_t value) const { append_number(out, value); }
  void operator()(double value) const {
    if (std::isfinite(value))
      append_number(out, value);
    else
      out += name_of_no_number(value);
  }
  void operator()(const std::string& value) const { append_json_string(out, value); }
  void operator()(const Value::List& list) const {
    out += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out += ',';
      append_json(out, list[i], order);
    }
    out += ']';
  }
  void operator()(const Value::Object& object) const {
    std::vector<const Value::Member*> members;
    for (const Value::Member& member : object) members.push_back(&member);
    if (order == MemberOrder::by_name)
      std::sort(members.begin(), members.end(),
                [](const auto* a, const auto* b) { return a->first < b->first; });
    out += '{';
    for (const Value::Member* member : members) {
      if (member != members.front()) out += ',';
      append_json_string(out, member->first);
      out += ':';
      append_json(out, member->second, order);
    }
    out += '}';
  }
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::size_t unescaped_run(std::string_view text, std::size_t at) {
  std::size_t i = at;
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i found = _mm_or_si128(
        control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) return i + static_cast<std::size_t>(std::countr_zero(mask)) - at;
  }
#endif
  while (i < text.size() && escape_of(text[i]) == 0) ++i;
  return i - at;
}

void append_json_string(Buffer& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t clean = unescaped_run(text, at);
    out += text.substr(at, clean);
    at += clean;
    if (at < text.size()) append_escaped(out, text[at++]);
  }
  out += '"';
}

void append_canonical_json(Buffer& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"')
      at = append_canonical_string(out, text, at);
    else if (is_space(text[at]))
      ++at;
    else
      out += text[at++];
  }
}

void append_json(Buffer& out, const Value& value, MemberOrder order) {
  std::visit(AppendJson{out, order}, value.data());
}

std::string json_of(const Value& value, MemberOrder order) {
  Buffer out;
  append_json(out, value, order);
  return std::string(out.view());
}

}  // namespace dbkeeper
