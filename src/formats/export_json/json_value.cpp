#include "dbkeeper/formats/json_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "formats/export_json/array_parser.h"
#include "formats/export_json/json_cursor.h"
#include "formats/export_json/tag.h"
#include "formats/export_json/text_decoding.h"

namespace dbkeeper {
namespace {

using namespace export_json;

// What is lost, found by going through all of a text that is known to be JSON.
class LossSearch {
 public:
  explicit LossSearch(std::string_view text) : in_(text) {}

  std::optional<std::string> search() {
    value();
    return lost_;
  }

 private:
  void value(int depth = 0) {
    switch (depth < kDeepest ? in_.peek() : '\0') {
      case '{':
        return object(depth + 1);
      case '[':
        return list(depth + 1);
      case '"':
        if (const JsonString string = in_.string(); string.escaped) meaning(string);
        return;
      case '\0':
        lost_ = fmt::format("is nested deeper than {} levels", kDeepest);
        [[fallthrough]];
      default:
        in_.value();
    }
  }

  void object(int depth) {
    const std::size_t first = keys_.size();
    in_.expect('{');
    if (in_.take('}')) return;
    do {
      keys_.push_back(meaning(in_.key()));
      value(depth);
    } while (in_.take(','));
    in_.expect('}');
    forget_keys(first);
  }

  void forget_keys(std::size_t first) {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, keys_.end());
    const auto twice = std::adjacent_find(begin, keys_.end());
    if (twice != keys_.end() && !lost_)
      lost_ = fmt::format("has the key '{}' twice in one object", *twice);
    keys_.erase(begin, keys_.end());
  }

  void list(int depth) {
    in_.expect('[');
    if (in_.take(']')) return;
    do value(depth);
    while (in_.take(','));
    in_.expect(']');
  }

  std::string meaning(const JsonString& string) {
    if (!string.escaped) return std::string(string.text);
    const auto text = decoded_escapes(string.text);
    if (!text && !lost_) lost_ = "has half a surrogate pair in it";
    if (text && text->find('\0') != std::string::npos && !lost_) lost_ = "has a \\u0000 in it";
    return text.value_or(std::string(string.text));
  }

  static constexpr int kDeepest = 1000;

  JsonCursor in_;
  std::vector<std::string> keys_;  // of the objects that are open
  std::optional<std::string> lost_;
};

std::string parsed_array(JsonCursor& in, Family element) {
  ArrayParser parser;
  if (in.peek() == '[') {
    std::string bytes(parser.parse(in, element, nullptr));
    in.end();
    return bytes;
  }
  const std::string_view object = in.value();
  in.end();
  const auto tag = object.starts_with('{') ? parse_tag(object, 0) : std::nullopt;
  if (!tag || tag->type != "array") in.fail("no array");
  JsonCursor value(tag->value);
  return std::string(parser.parse(value, element, &tag->lower));
}

}  // namespace

bool is_json(std::string_view text) {
  try {
    JsonCursor in(text);
    in.value();
    in.end();
    return true;
  } catch (const Fault&) {
    return false;
  }
}

std::optional<std::string> lost_in_parsed_json(std::string_view text) {
  return LossSearch(text).search();
}

std::optional<std::string> array_of_json(std::string_view text, Family element) {
  try {
    JsonCursor in(text);
    return parsed_array(in, element);
  } catch (const Fault&) {
    return std::nullopt;
  }
}

}  // namespace dbkeeper
