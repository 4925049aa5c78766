// Finds its way through a JSON text that is too large to hold: white space, punctuation, strings
// and whole values, in a window that slides along and grows to the largest value that is asked for.
// It checks structure, depth and UTF-8, not the inside of values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dbkeeper/base/byte_source.h"
#include "formats/export_json/window.h"

namespace dbkeeper::export_json {

class Scanner {
 public:
  static constexpr int kMaximumDepth = 1000;

  // The source outlives the scanner.
  explicit Scanner(ByteSource& source) : source_(source) {}

  // The next character that isn't white space, not taken; '\0' at the end.
  char peek();
  bool at_end() { return peek() == '\0' && at_ == window_.size(); }
  // Takes it if it is `wanted`.
  bool take(char wanted);
  void expect(char wanted);
  // Takes a string and decodes it.
  std::string string();
  // Takes a whole value and gives its text, which stands in the window until the next call.
  std::string_view value();
  // Takes a whole value, however large, without keeping it.
  void skip_value();

  struct Place {
    std::int64_t line = 1;
    std::uint64_t column = 1;  // in bytes
  };
  Place place() const { return {line_, offset_ + at_ - line_begin_ + 1}; }
  // Within the value taken last, `at` bytes behind its beginning.
  Place place_in_value(std::size_t at) const;
  // How many bytes were taken.
  std::uint64_t bytes() const { return offset_ + at_; }

  [[noreturn]] void fail(std::string_view what) const { fail(what, place()); }
  [[noreturn]] static void fail(std::string_view what, const Place& place);

 private:
  bool fill();
  std::size_t read_more();
  void check_utf8(bool at_end);
  void skip_byte_order_mark();
  char next();
  void pass_value();
  void pass_string();
  void pass_nested();

  ByteSource& source_;
  Window window_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;     // of what must stay in the window
  std::size_t checked_ = 0;   // the window is UTF-8 up to here
  std::uint64_t offset_ = 0;  // of the window in the document
  std::int64_t line_ = 1;     // of at_
  std::uint64_t line_begin_ = 0;
  int depth_ = 0;        // of the brackets taken one by one
  bool keeping_ = true;  // the value that is being taken stays in the window
  Place value_place_;
};

}  // namespace dbkeeper::export_json
