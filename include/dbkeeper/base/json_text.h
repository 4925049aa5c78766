// JSON as text: strings with their escapes, and the one form of a text by which
// two are compared.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/base/buffer.h"
#include "dbkeeper/base/value.h"

namespace dbkeeper {

// How many bytes from `at` on can stand in a JSON string as they are: no quote,
// backslash or control character. Requires: at <= text.size().
std::size_t unescaped_run(std::string_view text, std::size_t at);

// Appends a JSON string with no more escapes than JSON asks for: \" \\ \b \f \n
// \r \t, and \u00xx for the other control characters. Bytes from 0x80 stay as
// they are.
void append_json_string(Buffer& out, std::string_view text);

// Appends the text without the white space between its tokens, and its strings
// with the escapes of append_json_string alone; half a surrogate pair stays
// \udxxx, in small letters. Every digit of a number stays. Requires: a valid
// JSON text.
void append_canonical_json(Buffer& out, std::string_view text);

// Appends a value without white space, the members of its objects in their
// order, or in that of their names' bytes. NaN and the infinities are strings.
enum class MemberOrder { as_given, by_name };
void append_json(Buffer& out, const Value& value, MemberOrder order = MemberOrder::as_given);
std::string json_of(const Value& value, MemberOrder order = MemberOrder::as_given);

}  // namespace dbkeeper
