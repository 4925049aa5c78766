// The tagged values of the export format: an object that says what it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/export_json/json_cursor.h"

namespace dbkeeper::export_json {

// One of them taken apart; the pieces are of the text itself.
struct Tag {
  std::string type;
  std::string_view value;  // empty: none
  std::string_view lower;
  std::optional<JsonString> text;
  std::optional<JsonString> base64;
};

// The tag that an object is; nothing for an object without a key $type. A Fault for a tag that
// isn't well formed. Requires: `object` is the text of a valid JSON object that begins at `offset`.
std::optional<Tag> parse_tag(std::string_view object, std::size_t offset);

}  // namespace dbkeeper::export_json
