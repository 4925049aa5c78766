#include "cli/env_file.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace dbkeeper::cli {
namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_char(char c) {
  return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_blank(char c) { return c == ' ' || c == '\t'; }

class EnvParser {
 public:
  EnvParser(std::string_view text, const Environment& environment)
      : text_(text), environment_(environment) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  EnvFile parse() {
    while (at_ < text_.size()) {
      const std::size_t start = at_;
      const int line = line_;
      if (!read_line()) {
        out_.malformed_lines.push_back(line);
        at_ = start;  // an unclosed quote must not swallow the lines that follow
        line_ = line;
      }
      skip_line();
    }
    return std::move(out_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\n'; }
  bool at_end_of_line() const { return peek() == '\n' || text_.substr(at_).starts_with("\r\n"); }
  void skip_blanks() {
    while (is_blank(peek())) ++at_;
  }
  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    ++line_;
  }

  bool read_line() {
    skip_blanks();
    if (at_end_of_line() || peek() == '#') return true;
    std::string name = read_name();
    if (name == "export" && is_blank(peek())) {
      skip_blanks();
      name = read_name();
    }
    skip_blanks();
    if (name.empty()) return false;
    if (at_end_of_line()) return true;  // `NAME` alone: as the environment has it
    if (peek() != '=') return false;
    ++at_;
    const auto value = read_value();
    if (value) out_.values.insert_or_assign(name, *value);
    return value.has_value();
  }

  std::string read_name() {
    const std::size_t start = at_;
    if (!is_name_start(peek())) return "";
    while (is_name_char(peek()) || peek() == '.' || peek() == '-') ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::optional<std::string> read_value() {
    const std::size_t start = at_;
    skip_blanks();
    if (peek() != '\'' && peek() != '"') return read_unquoted(start);
    auto value = peek() == '"' ? read_double_quoted() : read_single_quoted();
    skip_blanks();
    if (!at_end_of_line() && peek() != '#') return std::nullopt;
    return value;
  }

  // From right behind the '=': a '#' with a blank before it begins a comment.
  std::string read_unquoted(std::size_t start) {
    std::string_view value = text_.substr(start, text_.find('\n', start) - start);
    for (std::size_t i = 1; i < value.size(); ++i)
      if (value[i] == '#' && is_blank(value[i - 1])) value = value.substr(0, i);
    while (!value.empty() && (is_blank(value.back()) || value.back() == '\r'))
      value.remove_suffix(1);
    while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
    return expanded(value);
  }

  std::optional<std::string> read_single_quoted() {
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\'') return ++at_, value;
      if (text_.substr(at_).starts_with("\\'")) ++at_;
      if (text_[at_] == '\n') ++line_;
      value += text_[at_];
    }
    return std::nullopt;
  }

  std::optional<std::string> read_double_quoted() {
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return ++at_, value;
      if (c == '\\' && at_ + 1 < text_.size()) {
        append_escape(text_[++at_], value);
      } else if (c == '$') {
        const std::size_t size = reference_size(text_.substr(at_));
        value += expanded(text_.substr(at_, std::max<std::size_t>(1, size)));
        if (size > 0) at_ += size - 1;
      } else {
        value += c;
      }
      if (text_[at_] == '\n') ++line_;
    }
    return std::nullopt;
  }

  static void append_escape(char c, std::string& value) {
    switch (c) {
      case 'n':
        value += '\n';
        break;
      case 'r':
        value += '\r';
        break;
      case 't':
        value += '\t';
        break;
      case '"':
      case '\'':
      case '\\':
      case '$':
        value += c;
        break;
      default:
        value.append({'\\', c});
    }
  }

  // Length of `$NAME` or `${…}` at the start of `text`, 0 if there is none.
  static std::size_t reference_size(std::string_view text) {
    if (text.size() < 2 || text[0] != '$') return 0;
    if (text[1] == '{') {
      const std::size_t close = text.find_first_of("}\n");
      return close == std::string_view::npos || text[close] != '}' ? 0 : close + 1;
    }
    if (!is_name_start(text[1])) return 0;
    const auto end = std::ranges::find_if_not(text.substr(1), is_name_char);
    return static_cast<std::size_t>(end - text.begin());
  }

  std::string expanded(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const std::size_t size = reference_size(text);
      if (size > 0)
        out += resolved(text.substr(0, size));
      else
        out += text.front();
      text.remove_prefix(std::max<std::size_t>(1, size));
    }
    return out;
  }

  std::string resolved(std::string_view reference) const {
    const bool braces = reference[1] == '{';
    const std::string_view inner =
        braces ? reference.substr(2, reference.size() - 3) : reference.substr(1);
    const auto name_end = std::ranges::find_if_not(inner, is_name_char);
    const std::string_view name(inner.begin(), name_end);
    if (const std::string* value = find(name)) return *value;
    if (!braces) return std::string(reference);
    std::string_view fallback = inner.substr(name.size());
    if (fallback.starts_with(':')) fallback.remove_prefix(1);
    return fallback.starts_with('-') ? expanded(fallback.substr(1)) : "";
  }

  const std::string* find(std::string_view name) const {
    if (const std::string* value = find_variable(environment_, name)) return value;
    return find_variable(out_.values, name);
  }

  std::string_view text_;
  const Environment& environment_;
  std::size_t at_ = 0;
  int line_ = 1;
  EnvFile out_;
};

}  // namespace

EnvFile parse_env_file(std::string_view text, const Environment& environment) {
  return EnvParser(text, environment).parse();
}

}  // namespace dbkeeper::cli
