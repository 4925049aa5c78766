// What a text may not have in it to be one for the server.
#pragma once

#include <string_view>

namespace dbkeeper::postgres {

bool has_nul(std::string_view text);

// As the server checks it: no surrogates, nothing overlong, nothing over U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace dbkeeper::postgres
