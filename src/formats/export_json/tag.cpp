#include "formats/export_json/tag.h"

#include <fmt/format.h>

#include "formats/export_json/text_decoding.h"

namespace dbkeeper::export_json {
namespace {

// Whether it may have a key $type, plain or with escapes: most embedded objects have no such thing,
// and need not be looked through.
bool may_be_tag(std::string_view object) {
  return object.find("$type") != std::string_view::npos ||
         object.find("\\u") != std::string_view::npos;
}

std::string decoded(const JsonString& string) {
  return decoded_escapes(string.text).value_or(std::string());
}

bool has_type(std::string_view object) {
  JsonCursor in(object);
  in.expect('{');
  if (in.take('}')) return false;
  do {
    if (decoded(in.key()) == "$type") return true;
    in.value();
  } while (in.take(','));
  return false;
}

void take_member(JsonCursor& in, Tag& tag) {
  const std::size_t at = in.at();
  const std::string key = decoded(in.key());
  bool twice = false;
  if (key == "$type") {
    twice = !tag.type.empty();
    tag.type = decoded(in.string());
  } else if (key == "value") {
    twice = !tag.value.empty();
    tag.value = in.value();
  } else if (key == "lower") {
    twice = !tag.lower.empty();
    tag.lower = in.value();
  } else if (key == "text" || key == "base64") {
    auto& slot = key == "text" ? tag.text : tag.base64;
    twice = slot.has_value();
    slot = in.string();
  } else {
    throw Fault{at, fmt::format("a tagged value has an unknown key '{}'", excerpt(key))};
  }
  if (twice)
    throw Fault{at, fmt::format("the key '{}' stands twice in a tagged value", excerpt(key))};
}

}  // namespace

std::optional<Tag> parse_tag(std::string_view object, std::size_t offset) {
  if (!may_be_tag(object) || !has_type(object)) return std::nullopt;
  JsonCursor in(object, offset);
  Tag tag;
  in.expect('{');
  do take_member(in, tag);
  while (in.take(','));
  const int forms = !tag.value.empty() + tag.text.has_value() + tag.base64.has_value();
  if (forms != 1 || tag.type.empty() || (!tag.lower.empty() && tag.type != "array"))
    throw Fault{offset, "a tagged value that makes no sense"};
  return tag;
}

}  // namespace dbkeeper::export_json
