#include "formats/export_json/array_parser.h"

#include <charconv>

#include "formats/export_json/tag.h"

namespace dbkeeper::export_json {
namespace {

// More than any engine has: PostgreSQL 6.
constexpr std::size_t kMaximumDimensions = 32;

std::vector<std::int32_t> parsed_lower(std::string_view text, const JsonCursor& place) {
  std::vector<std::int32_t> out;
  JsonCursor in(text);
  in.expect('[');
  do {
    const std::string_view token = in.number();
    std::int32_t lower = 0;
    const char* end = token.data() + token.size();
    const auto result = std::from_chars(token.data(), end, lower);
    if (result.ec != std::errc() || result.ptr != end) place.fail("an array's lower bound");
    out.push_back(lower);
  } while (in.take(','));
  in.expect(']');
  return out;
}

}  // namespace

std::string_view ArrayParser::parse(JsonCursor& in, Family element, const std::string_view* lower) {
  lengths_.clear();
  elements_.clear();
  leaf_depth_ = 0;
  dimension(in, 0, element);
  array_.begin(dimensions(in, lower));
  for (const RawCell& raw : elements_) array_.add(decoded(raw, scratch_, in));
  return array_.bytes();
}

void ArrayParser::dimension(JsonCursor& in, std::size_t depth, Family family) {
  if (depth == kMaximumDimensions) in.fail("an array of too many dimensions");
  const bool first = depth == lengths_.size();
  if (first) lengths_.push_back(0);
  std::uint32_t length = 0;
  in.expect('[');
  if (!in.take(']')) {
    do {
      if (in.peek() == '[' && (leaf_depth_ == 0 || depth + 1 < leaf_depth_))
        dimension(in, depth + 1, family);
      else
        element(in, depth + 1, family);
      ++length;
    } while (in.take(','));
    in.expect(']');
  }
  if (first) lengths_[depth] = length;
  if (length != lengths_[depth]) in.fail("an array whose parts differ in length");
}

void ArrayParser::element(JsonCursor& in, std::size_t depth, Family family) {
  if (leaf_depth_ == 0) leaf_depth_ = depth;
  if (leaf_depth_ != depth || in.peek() == '[') in.fail("an array whose parts differ in depth");
  if (in.peek() != '{') {
    elements_.push_back(plain_cell(in, family, false));
    return;
  }
  const std::size_t begin = in.at();
  const std::string_view text = in.value();
  elements_.push_back(object_cell(text, begin, parse_tag(text, begin), family));
}

std::vector<ArrayDimension> ArrayParser::dimensions(const JsonCursor& in,
                                                    const std::string_view* lower) const {
  std::vector<ArrayDimension> out;
  if (elements_.empty() && lengths_.size() > 1) in.fail("an array whose parts are empty");
  if (!elements_.empty())
    for (const std::uint32_t length : lengths_) out.push_back({1, length});
  if (!lower) return out;
  const std::vector<std::int32_t> bounds = parsed_lower(*lower, in);
  if (bounds.size() != out.size()) in.fail("an array with another number of lower bounds");
  for (std::size_t i = 0; i < out.size(); ++i) out[i].lower = bounds[i];
  return out;
}

}  // namespace dbkeeper::export_json
