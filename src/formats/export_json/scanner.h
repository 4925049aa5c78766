// Finds its way through a JSON text that is too large to hold: white space, punctuation, strings
// and whole values, in a window that slides along. It checks structure, not the inside of values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dbkeeper/formats/export_json.h"

namespace dbkeeper::export_json {

class Scanner {
 public:
  static constexpr int kMaximumDepth = 1000;

  explicit Scanner(Input input) : input_(std::move(input)) {}

  // The next character that isn't white space, not taken; '\0' at the end.
  char peek();
  // Takes it if it is `wanted`.
  bool take(char wanted);
  void expect(char wanted);
  // Takes a string and decodes it.
  std::string string();
  // Takes a whole value and gives its text, which stands in the window until the next call.
  std::string_view value();

  // Of the value or character taken last.
  std::int64_t line() const { return line_; }
  [[noreturn]] void fail(std::string_view what) const;

 private:
  bool at_end() { return at_ == window_.size() && !fill(); }
  bool fill();
  char next();
  void pass_string();
  void pass_nested();

  Input input_;
  std::string window_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of what must stay in the window
  std::int64_t line_ = 1;
};

}  // namespace dbkeeper::export_json
