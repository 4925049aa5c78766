// Reads JSON out of a text in memory, strictly as RFC 8259 has it, and hands out pieces of the text
// itself: nothing is copied or decoded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "formats/json/fault.h"

namespace dbkeeper::export_json {

// What stands between a string's quotes. Its escapes are valid.
struct JsonString {
  std::string_view text;
  bool escaped = false;
};

class JsonCursor {
 public:
  // `offset` is where the text begins in the one that faults are told of.
  explicit JsonCursor(std::string_view text, std::size_t offset = 0)
      : text_(text), offset_(offset) {}

  // The next character that isn't white space, not taken; '\0' at the end.
  char peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  // Takes it if it is `wanted`.
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  // Takes `wanted` as it stands if that is what comes next.
  bool take(std::string_view wanted) {
    peek();
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  void expect(char wanted);
  JsonString string();
  // A name and the colon behind it.
  JsonString key();
  std::string_view number();
  // null, true or false.
  std::string_view word();
  // Any value, valid throughout, without the white space around it.
  std::string_view value();
  // Nothing but white space is left.
  void end();

  std::size_t at() const { return offset_ + at_; }
  [[noreturn]] void fail(std::string what) const { throw Fault{at(), std::move(what)}; }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  void pass_escape();
  bool pass_digits();
  void pass_scalar();

  std::string_view text_;
  std::size_t offset_;
  std::size_t at_ = 0;
};

}  // namespace dbkeeper::export_json
