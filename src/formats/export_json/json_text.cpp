#include "formats/export_json/json_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace dbkeeper::export_json {
namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
template <class Float>
void append_float(Buffer& out, Float value) {
  if (std::isnan(value)) {
    out += std::string_view("\"NaN\"");
  } else if (std::isinf(value)) {
    out += std::string_view(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
  } else {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += std::string_view(".0");
  }
}

}  // namespace

void append_real(Buffer& out, double value) { append_float(out, value); }
void append_single(Buffer& out, float value) { append_float(out, value); }

void append_base64(Buffer& out, std::string_view bytes) {
  char* to = out.grow((bytes.size() + 2) / 3 * 4);
  const auto put = [&to](std::uint32_t three, int digits) {
    for (int digit = 0; digit < 4; ++digit)
      *to++ = digit < digits ? kBase64[three >> (18 - 6 * digit) & 63] : '=';
  };
  const auto at = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  std::size_t i = 0;
  for (; i + 2 < bytes.size(); i += 3) put(at(i) << 16 | at(i + 1) << 8 | at(i + 2), 4);
  if (i + 1 == bytes.size()) put(at(i) << 16, 2);
  if (i + 2 == bytes.size()) put(at(i) << 16 | at(i + 1) << 8, 3);
}

}  // namespace dbkeeper::export_json
