// What is wrong with a text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dbkeeper {

// The beginning of a text that may be of any length, for a message.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t kMostBytes = 100;
  if (text.size() <= kMostBytes) return std::string(text);
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

// And where in it. Caught where the text's place in its file is known.
struct Fault {
  std::size_t at;
  std::string what;
  std::string column = {};  // of the table, if one is to blame
};

}  // namespace dbkeeper
