#include "formats/export_json/scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/utf8.h"
#include "formats/export_json/json_cursor.h"
#include "formats/export_json/text_decoding.h"

namespace dbkeeper::export_json {
namespace {

constexpr std::size_t kChunk = 256 << 10;
constexpr std::string_view kTruncated = "the file ends too early: it is truncated";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool ends_scalar(char c) { return is_space(c) || c == ',' || c == ']' || c == '}'; }

// What a character outside of strings means for the structure of a value.
enum class Meaning : unsigned char { none, quote, open, close, line_end };

constexpr std::array<Meaning, 256> meanings() {
  std::array<Meaning, 256> table{};
  table['"'] = Meaning::quote;
  table['{'] = table['['] = Meaning::open;
  table['}'] = table[']'] = Meaning::close;
  table['\n'] = Meaning::line_end;
  return table;
}
constexpr std::array<Meaning, 256> kMeanings = meanings();

// How long the text is without a last character that is still incomplete.
std::size_t complete_characters(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte < 0x80) break;
    if (byte < 0xC0) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return back < length ? text.size() - back : text.size();
  }
  return text.size();
}

}  // namespace

void Scanner::fail(std::string_view what, const Place& place) {
  throw Error(ErrorKind::input,
              fmt::format("line {}, column {}: {}", place.line, place.column, what))
      .line(place.line)
      .hint("the file is no dbkeeper export, or it is damaged: use another copy");
}

Scanner::Place Scanner::place_in_value(std::size_t at) const {
  const std::string_view text = window_.text().substr(begin_, at);
  const std::size_t last_line_end = text.rfind('\n');
  if (last_line_end == std::string_view::npos)
    return {value_place_.line, value_place_.column + text.size()};
  return {value_place_.line + std::count(text.begin(), text.end(), '\n'),
          text.size() - last_line_end};
}

bool Scanner::fill() {
  // A character that is still incomplete stays, to be checked with its rest.
  const std::size_t dropped = std::min(keeping_ ? begin_ : at_, checked_);
  window_.drop(dropped);
  offset_ += dropped;
  at_ -= dropped;
  checked_ -= dropped;
  begin_ = keeping_ ? begin_ - dropped : at_;
  const std::size_t got = read_more();
  if (offset_ + at_ == 0) skip_byte_order_mark();
  check_utf8(got == 0);
  return got > 0;
}

std::size_t Scanner::read_more() {
  char* space = window_.make_room(kChunk);
  const std::size_t got = source_.read(space, window_.room());
  window_.added(got);
  return got;
}

void Scanner::skip_byte_order_mark() {
  while (window_.size() < kByteOrderMark.size() && read_more() > 0) {
  }
  if (!window_.text().starts_with(kByteOrderMark)) return;
  at_ = begin_ = kByteOrderMark.size();
  line_begin_ = at_;
}

// Every byte goes through here once: what a value holds needs no look at it any more.
void Scanner::check_utf8(bool at_end) {
  const std::string_view added = window_.text().substr(checked_);
  const std::size_t size = at_end ? added.size() : complete_characters(added);
  if (is_utf8(added.substr(0, size))) {
    checked_ += size;
    return;
  }
  const std::string_view unread = window_.text().substr(std::min(at_, checked_));
  std::int64_t line = line_;
  for (std::size_t at = 0; at < unread.size(); ++line) {
    const std::size_t end = std::min(unread.find('\n', at), unread.size() - 1) + 1;
    if (!is_utf8(unread.substr(at, end - at))) break;
    at = end;
  }
  fail("bytes that are not UTF-8", {line, 1});
}

char Scanner::next() {
  if (at_ == window_.size() && !fill()) fail(kTruncated);
  return window_[at_++];
}

char Scanner::peek() {
  while (true) {
    begin_ = at_;
    if (at_ == window_.size() && !fill()) return '\0';
    const char c = window_[at_];
    if (!is_space(c)) return c;
    ++at_;
    if (c == '\n') {
      ++line_;
      line_begin_ = offset_ + at_;
    }
  }
}

bool Scanner::take(char wanted) {
  if (peek() != wanted) return false;
  ++at_;
  if (wanted == '{' || wanted == '[') ++depth_;
  if (wanted == '}' || wanted == ']') --depth_;
  return true;
}

void Scanner::expect(char wanted) {
  if (take(wanted)) return;
  if (at_end()) fail(kTruncated);
  fail(fmt::format("expected '{}', found '{}'", wanted, peek()));
}

void Scanner::pass_string() {
  while (true) {
    at_ += unescaped_run(window_.text(), at_);
    const char c = next();
    if (c == '"') return;
    if (c == '\\')
      next();
    else if (static_cast<unsigned char>(c) < 0x20)
      fail("a control character inside a string");
  }
}

void Scanner::pass_nested() {
  int depth = 0;
  do {
    const char c = next();
    switch (kMeanings[static_cast<unsigned char>(c)]) {
      case Meaning::none:
        break;
      case Meaning::quote:
        pass_string();
        break;
      case Meaning::open:
        if (++depth + depth_ > kMaximumDepth)
          fail(fmt::format("nested deeper than {}", kMaximumDepth));
        break;
      case Meaning::close:
        --depth;
        break;
      case Meaning::line_end:
        ++line_;
        line_begin_ = offset_ + at_;
        break;
    }
  } while (depth > 0);
}

void Scanner::pass_value() {
  const char first = peek();
  value_place_ = place();
  if (first == '{' || first == '[') {
    pass_nested();
  } else if (first == '"') {
    next();
    pass_string();
  } else {
    if (at_end()) fail(kTruncated);
    if (ends_scalar(first)) fail("a value is missing");
    while ((at_ < window_.size() || fill()) && !ends_scalar(window_[at_])) ++at_;
  }
}

std::string_view Scanner::value() {
  pass_value();
  return window_.text().substr(begin_, at_ - begin_);
}

void Scanner::skip_value() {
  keeping_ = false;
  pass_value();
  begin_ = at_;
  keeping_ = true;
}

std::string Scanner::string() {
  if (peek() != '"') fail(at_end() ? kTruncated : std::string_view("expected a name in quotes"));
  const std::string_view text = value();
  try {
    if (auto name = decoded_escapes(JsonCursor(text).string().text)) return *std::move(name);
  } catch (const Fault& fault) {
    fail(fault.what, value_place_);
  }
  fail("half a surrogate pair in a name", value_place_);
}

}  // namespace dbkeeper::export_json
