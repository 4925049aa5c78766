// UTF-8: no surrogates, nothing overlong, nothing over U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace dbkeeper {

bool is_utf8(std::string_view text);

// The bytes of the character that the text begins with; 0 if it begins with none. Requires: a text
// that isn't empty.
std::size_t utf8_length(std::string_view text);

}  // namespace dbkeeper
