#include "formats/export_json/json_cursor.h"

#include <fmt/format.h>

#include "dbkeeper/base/json_text.h"

namespace dbkeeper::export_json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'f');
}

char closing(char open) { return open == '{' ? '}' : ']'; }

}  // namespace

void JsonCursor::expect(char wanted) {
  const char found = peek();
  if (take(wanted)) return;
  if (found == '\0' && at_ == text_.size()) fail(fmt::format("'{}' is missing", wanted));
  fail(fmt::format("expected '{}', found '{}'", wanted, found));
}

JsonString JsonCursor::string() {
  expect('"');
  const std::size_t begin = at_;
  bool escaped = false;
  while (true) {
    at_ += unescaped_run(text_, at_);
    if (at_ == text_.size()) fail("a string doesn't end");
    if (text_[at_] == '"') return {text_.substr(begin, at_++ - begin), escaped};
    if (text_[at_] != '\\') fail("a control character inside a string");
    escaped = true;
    pass_escape();
  }
}

void JsonCursor::pass_escape() {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  const std::string_view rest = text_.substr(at_);
  if (rest.size() >= 2 && kLetters.find(rest[1]) != std::string_view::npos) {
    at_ += 2;
    return;
  }
  if (rest.size() < 6 || rest[1] != 'u' || !is_hex(rest[2]) || !is_hex(rest[3]) ||
      !is_hex(rest[4]) || !is_hex(rest[5]))
    fail("an invalid escape in a string");
  at_ += 6;
}

JsonString JsonCursor::key() {
  if (peek() != '"') fail("expected a name in quotes");
  const JsonString name = string();
  expect(':');
  return name;
}

bool JsonCursor::pass_digits() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ > begin;
}

std::string_view JsonCursor::number() {
  peek();
  const std::size_t begin = at_;
  const auto pass = [&](char c) { return at_ < text_.size() && text_[at_] == c && (++at_, true); };
  pass('-');
  const bool leading_zero = pass('0');
  bool valid = leading_zero || pass_digits();
  if (valid && pass('.')) valid = pass_digits();
  if (valid && (pass('e') || pass('E'))) {
    if (!pass('+')) pass('-');
    valid = pass_digits();
  }
  if (!valid) fail("not a JSON value");
  return text_.substr(begin, at_ - begin);
}

std::string_view JsonCursor::word() {
  for (const std::string_view known : {"null", "true", "false"})
    if (take(known)) return known;
  fail("not a JSON value");
}

void JsonCursor::pass_scalar() {
  const char first = peek();
  if (first == '"')
    string();
  else if (first == '-' || is_digit(first))
    number();
  else
    word();
}

std::string_view JsonCursor::value() {
  peek();
  const std::size_t begin = at_;
  std::string open;  // the brackets around what comes next
  do {
    const char first = peek();
    if (first == '{' || first == '[') {
      ++at_;
      open += first;
      if (peek() != closing(first)) {
        if (first == '{') key();
        continue;
      }
    } else {
      pass_scalar();
    }
    while (!open.empty()) {
      if (take(',')) {
        if (open.back() == '{') key();
        break;
      }
      expect(closing(open.back()));
      open.pop_back();
    }
  } while (!open.empty());
  return text_.substr(begin, at_ - begin);
}

void JsonCursor::end() {
  if (peek() != '\0' || at_ < text_.size()) fail("something follows the value");
}

}  // namespace dbkeeper::export_json
