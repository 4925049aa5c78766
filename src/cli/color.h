// Colours of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace dbkeeper::cli {

enum class Paint { red = 31, yellow = 33, cyan = 36, gray = 90 };

// `text` in bold colour, or as it is if `on` is false.
inline std::string painted(std::string_view text, Paint paint, bool on) {
  if (!on) return std::string(text);
  return "\x1b[1;" + std::to_string(static_cast<int>(paint)) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace dbkeeper::cli
