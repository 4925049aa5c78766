// Text in a database of UTF-16, unit by unit as it is stored: an application may have stored half a
// surrogate pair, which SQLite's own conversions spoil. Half a pair stands in UTF-8 as the three
// bytes that its number would have (known as WTF-8): no valid UTF-8, and what goes back to the
// same.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

enum class TextEncoding { utf8, utf16le, utf16be };

// How the database stores text.
TextEncoding text_encoding(Connection& connection);

// The most bytes of UTF-8 that one unit of UTF-16 takes.
inline constexpr std::size_t kUtf8BytesPerUnit = 3;

// Writes a stored text to `out` and returns its length. An odd last byte is no part of the text,
// nor is it to SQLite. Requires: UTF-16; room for kUtf8BytesPerUnit bytes a unit.
std::size_t to_utf8(std::string_view stored, TextEncoding encoding, char* out);

// The units of a text, in the machine's order; nothing if it isn't the UTF-8 of any.
std::optional<std::u16string> to_utf16(std::string_view text);

}  // namespace dbkeeper::sqlite
