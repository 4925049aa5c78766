#include "commands/migrate_words.h"

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

// `dburl=postgresql://…`: the address begins within the word.
std::string without_secrets(std::string_view word) {
  const std::size_t authority = word.find("://");
  if (authority == std::string_view::npos) return redacted(word);
  std::size_t begin = authority;
  while (begin > 0 && belongs_to_scheme(word[begin - 1])) --begin;
  const std::string_view before = word.substr(0, begin);
  return (before.empty() ? std::string() : redacted(before)) + redacted(word.substr(begin));
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
