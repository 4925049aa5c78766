// JSON as a value of its own, as a column holds it: is it any, and arrays as JSON text, each value
// in them as an export has it (docs/export-format.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// Whether the text is JSON as RFC 8259 has it, white space around it allowed.
bool is_json(std::string_view text);

// What a parsed form of the text, which keeps names and strings apart by what they mean, would not
// hold, as a predicate: "has the key 'a' twice in one object". Nothing if there is nothing.
// Requires: is_json().
std::optional<std::string> lost_in_parsed_json(std::string_view text);

// The array in `bytes` (model/array.h) as JSON.
std::string json_of_array(std::string_view bytes, Family element);

// The bytes of the array that the text is; nothing if it is none of such elements.
std::optional<std::string> array_of_json(std::string_view text, Family element);

}  // namespace dbkeeper
