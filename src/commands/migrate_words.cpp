#include "commands/migrate_words.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kLongestLine = 100;

bool belongs_to_scheme(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

constexpr std::string_view kBlanks = " \t\r\n";

// Where a value within a shell's text ends: behind its quotes, else with the word that it is;
// rather too far, so \' doesn't end it, as in libpq's. What a word of its own holds, NAME=value, no
// shell takes apart.
std::size_t end_of_value(std::string_view text, std::size_t begin, bool whole_word) {
  if (begin == text.size()) return begin;
  const char quote = text[begin];
  if (quote == '\'' || quote == '"') {
    std::size_t end = begin + 1;
    while (end < text.size() && text[end] != quote)
      end += text[end] == '\\' && end + 1 < text.size() ? 2 : 1;
    return std::min(end + 1, text.size());
  }
  const std::string_view ends = whole_word ? kBlanks : " \t\r\n;&|()'\"`";
  return std::min(text.find_first_of(ends, begin), text.size());
}

// Where the value of a name that ends there begins: NAME=value, --name value; npos if it has none.
std::size_t value_of(std::string_view text, std::string_view name, std::size_t end) {
  if (end == text.size()) return text.npos;
  if (text[end] == '=') return end + 1;
  if (!name.starts_with("--") || kBlanks.find(text[end]) == kBlanks.npos) return text.npos;
  return std::min(text.find_first_not_of(kBlanks, end), text.size());
}

// A shell's text: `tool --password x; DB_PASS=y run`.
std::string without_named_secrets(std::string_view text) {
  const auto of_name = [](char c) { return belongs_to_scheme(c) || c == '_'; };
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    while (i < text.size() && of_name(text[i])) ++i;
    const std::string_view name = text.substr(begin, i - begin);
    out.append(name);
    const std::size_t value = is_secret_key(name) ? value_of(text, name, i) : text.npos;
    if (value != text.npos) {
      const std::size_t end = end_of_value(text, value, begin == 0 && text[i] == '=');
      out.append(text.substr(i, value - i)).append(end > value ? "***" : "");
      i = end;
    } else if (i < text.size()) {
      out += text[i++];
    }
  }
  return out;
}

bool has_blank(std::string_view text) { return text.find_first_of(kBlanks) != text.npos; }

// Where an address ends that begins within a shell's text: at the quote that it stands in, else
// with its word.
std::size_t end_of_address(std::string_view text, std::size_t begin) {
  const char before = begin == 0 ? '\0' : text[begin - 1];
  if (before == '\'' || before == '"') return std::min(text.find(before, begin), text.size());
  return std::min(text.find_first_of(" \t\r\n;&|()<>'\"`", begin), text.size());
}

// A shell's text: each of its words may be an address.
std::string without_addresses(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin =
        std::min(text.find_first_not_of(" \t\r\n;&|()<>'\"`", i), text.size());
    out.append(text.substr(i, begin - i));
    const std::size_t end = end_of_address(text, begin);
    out.append(redacted(text.substr(begin, end - begin)));
    i = end;
  }
  return out;
}

// A word of its own may be an address, blanks and all, or end with one: `dburl=postgresql://…`.
// Named secrets go by a shell's quotes, but for those that a password may look like.
std::string without_secrets(std::string_view word) {
  const std::size_t authority = word.find("://");
  std::size_t begin = std::min(authority, word.size());
  while (begin > 0 && belongs_to_scheme(word[begin - 1])) --begin;
  const bool is_address = authority != word.npos && !has_blank(word.substr(0, begin)) &&
                          word.find("://", authority + 1) == word.npos;
  if (!is_address && has_blank(word)) return without_addresses(without_named_secrets(word));
  return redacted(is_address ? std::string(word) : without_named_secrets(word));
}

// `--password x`: the next word is what is secret.
bool announces_secret(std::string_view word) {
  return word.starts_with('-') && word.find('=') == std::string_view::npos && is_secret_key(word);
}

}  // namespace

std::vector<std::string> shown_words(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out.push_back(i > 0 && announces_secret(words[i - 1]) ? "***" : without_secrets(words[i]));
  return out;
}

std::string shown_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : shown_words(words))
    line += (line.empty() ? "" : " ") + shell_word(word);
  for (char& c : line)
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = ' ';
  if (line.size() <= kLongestLine) return line;
  std::size_t end = kLongestLine;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + "…";
}

}  // namespace dbkeeper
