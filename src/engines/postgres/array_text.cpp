#include "engines/postgres/array_text.h"

#include <charconv>

#include "dbkeeper/base/text.h"
#include "engines/postgres/cell_text.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kMostDimensions = 6;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

void ArrayTextReader::skip_blanks() {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

bool ArrayTextReader::take(char c) {
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

// [lower:upper]
bool ArrayTextReader::read_lower_and_upper() {
  std::int32_t ends[2] = {};
  for (std::int32_t& end : ends) {
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), end);
    if (parsed.ec != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
    if (!take(&end == ends ? ':' : ']')) return false;
  }
  const std::int64_t length = std::int64_t{ends[1]} - ends[0] + 1;
  if (length < 1 || length > INT32_MAX) return false;
  dimensions_.push_back({ends[0], static_cast<std::uint32_t>(length)});
  return true;
}

bool ArrayTextReader::read_bounds() {
  bounds_given_ = peek() == '[';
  while (take('['))
    if (!read_lower_and_upper()) return false;
  return !bounds_given_ || take('=');
}

// Up to the closing quote; false if there is none.
bool ArrayTextReader::read_quoted() {
  while (!rest_.empty()) {
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return true;
    if (c == '\\' && !rest_.empty()) {
      c = rest_.front();
      rest_.remove_prefix(1);
    }
    bytes_ += c;
  }
  return false;
}

bool ArrayTextReader::read_element() {
  const std::size_t begin = bytes_.size();
  if (take('"')) {
    const bool closed = read_quoted();
    elements_.push_back({begin, bytes_.size() - begin, false});
    return closed;
  }
  bool escaped = false;
  std::size_t end = begin;  // behind the last that isn't blank
  while (!rest_.empty() && peek() != delimiter_ && peek() != '{' && peek() != '}' &&
         peek() != '"') {
    const bool escape = take('\\');
    if (rest_.empty()) return false;
    escaped = escaped || escape;
    bytes_ += rest_.front();
    if (escape || !is_blank(rest_.front())) end = bytes_.size();
    rest_.remove_prefix(1);
  }
  bytes_.resize(end);
  const bool null = !escaped && lower_ascii(std::string_view(bytes_).substr(begin)) == "null";
  elements_.push_back({begin, end - begin, null});
  return end > begin;
}

// What stands behind a {: levels, or elements at the innermost one. The first of a depth says how
// long all of it are.
bool ArrayTextReader::read_level(std::size_t depth) {
  if (depth == kMostDimensions) return false;
  if (dimensions_.size() == depth) {
    if (bounds_given_) return false;
    dimensions_.emplace_back();
  }
  std::uint32_t count = 0;
  do {
    skip_blanks();
    if (take('{')) {
      if (!read_level(depth + 1)) return false;
    } else {
      if (innermost_ == 0) innermost_ = depth + 1;
      if (innermost_ != depth + 1 || !read_element()) return false;
    }
    ++count;
    skip_blanks();
  } while (take(delimiter_));
  ArrayDimension& dimension = dimensions_[depth];
  if (dimension.length == 0) dimension.length = count;
  return dimension.length == count && take('}');
}

bool ArrayTextReader::read(std::string_view text, ArrayBuilder& out) {
  rest_ = text;
  dimensions_.clear();
  innermost_ = 0;
  bytes_.clear();
  elements_.clear();
  skip_blanks();
  if (!read_bounds()) return false;
  skip_blanks();
  if (rest_.starts_with("{}") && !bounds_given_)
    rest_.remove_prefix(2);
  else if (!take('{') || !read_level(0) || innermost_ != dimensions_.size())
    return false;
  skip_blanks();
  if (!rest_.empty()) return false;
  out.begin(dimensions_);
  for (const Element& element : elements_)
    out.add(element.null ? CellView{}
                         : CellView{CellKind::text, 0, 0,
                                    std::string_view(bytes_).substr(element.begin, element.size)});
  return true;
}

namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_bounds(std::string& out, const std::vector<ArrayDimension>& dimensions) {
  bool usual = true;
  for (const ArrayDimension& dimension : dimensions) usual = usual && dimension.lower == 1;
  if (usual) return;
  for (const ArrayDimension& dimension : dimensions)
    out += "[" + std::to_string(dimension.lower) + ":" +
           std::to_string(std::int64_t{dimension.lower} + dimension.length - 1) + "]";
  out += "=";
}

void append_level(std::string& out, ArrayView& array, std::size_t level, char delimiter) {
  out += '{';
  for (std::uint32_t i = 0; i < array.dimensions()[level].length; ++i) {
    if (i > 0) out += delimiter;
    if (level + 1 < array.dimensions().size()) {
      append_level(out, array, level + 1, delimiter);
      continue;
    }
    const CellView element = array.next();
    if (element.kind == CellKind::null)
      out += "NULL";
    else
      append_quoted(out, text_of(element));
  }
  out += '}';
}

}  // namespace

void append_array_text(std::string& out, std::string_view bytes, char delimiter) {
  ArrayView array(bytes);
  if (array.dimensions().empty()) {
    out += "{}";
    return;
  }
  append_bounds(out, array.dimensions());
  append_level(out, array, 0, delimiter);
}

}  // namespace dbkeeper::postgres
