// From what stands in a JSON string to the bytes that it means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper::export_json {

// Decodes a string's escapes into `out`, which has room for text.size() bytes; how many it took.
// Nothing for half a surrogate pair, which no UTF-8 text can hold. Requires: valid escapes.
std::optional<std::size_t> decode_escapes(std::string_view text, char* out);

// The same as a string of its own.
std::optional<std::string> decoded_escapes(std::string_view text);

// Decodes base64 (RFC 4648, padded, no bits left over) into `out`, which has room for text.size()
// bytes and may be where the text is; how many it took. Nothing if it isn't that.
std::optional<std::size_t> decode_base64(std::string_view text, char* out);

}  // namespace dbkeeper::export_json
