#include "formats/export_json/scanner.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dbkeeper/base/error.h"

namespace dbkeeper::export_json {
namespace {

constexpr std::size_t kChunk = 256 << 10;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool ends_scalar(char c) { return is_space(c) || c == ',' || c == ']' || c == '}'; }

}  // namespace

void Scanner::fail(std::string_view what) const {
  throw Error(ErrorKind::input, fmt::format("line {}: {}", line_, what))
      .line(line_)
      .hint("the file is no dbkeeper export, or it is damaged: use another copy");
}

bool Scanner::fill() {
  window_.erase(0, begin_);
  at_ -= begin_;
  begin_ = 0;
  const std::size_t held = window_.size();
  window_.resize(held + kChunk);
  const std::size_t got = input_(window_.data() + held, kChunk);
  window_.resize(held + got);
  return got > 0;
}

char Scanner::next() {
  if (at_end()) fail("the file ends too early: it is truncated");
  return window_[at_++];
}

char Scanner::peek() {
  while (true) {
    begin_ = at_;
    if (at_end()) return '\0';
    if (!is_space(window_[at_])) return window_[at_];
    if (window_[at_] == '\n') ++line_;
    ++at_;
  }
}

bool Scanner::take(char wanted) {
  if (peek() != wanted) return false;
  ++at_;
  return true;
}

void Scanner::expect(char wanted) {
  const char found = peek();
  if (take(wanted)) return;
  if (found == '\0') fail("the file ends too early: it is truncated");
  fail(fmt::format("expected '{}', found '{}'", wanted, found));
}

void Scanner::pass_string() {
  while (true) {
    const char c = next();
    if (c == '"') return;
    if (c == '\\') next();
    if (c == '\n') fail("a line break inside a string");
  }
}

void Scanner::pass_nested() {
  int depth = 0;
  do {
    const char c = next();
    if (c == '"') pass_string();
    if (c == '\n') ++line_;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kMaximumDepth) fail(fmt::format("nested deeper than {}", kMaximumDepth));
  } while (depth > 0);
}

std::string_view Scanner::value() {
  const char first = peek();
  if (first == '{' || first == '[') {
    pass_nested();
  } else if (first == '"') {
    next();
    pass_string();
  } else {
    while (!at_end() && !ends_scalar(window_[at_])) ++at_;
    if (at_ == begin_) fail("a value is missing");
  }
  return std::string_view(window_).substr(begin_, at_ - begin_);
}

std::string Scanner::string() {
  if (peek() != '"') fail("expected a name in quotes");
  const auto parsed = nlohmann::json::parse(value(), nullptr, false);
  if (!parsed.is_string()) fail("a string with an invalid escape or broken UTF-8");
  return parsed.get<std::string>();
}

}  // namespace dbkeeper::export_json
