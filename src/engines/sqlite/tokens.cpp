#include "engines/sqlite/tokens.h"

#include <algorithm>

namespace dbkeeper::sqlite {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What SQLite allows within an unquoted name or number; every byte of a UTF-8 letter is above 127.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 128;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// The end of what is in quotes from `begin` on; a doubled quote within stands for one.
std::size_t end_of_quoted(std::string_view sql, std::size_t begin) {
  const char close = sql[begin] == '[' ? ']' : sql[begin];
  for (std::size_t i = begin + 1; i < sql.size(); ++i) {
    if (sql[i] != close) continue;
    if (close == ']' || i + 1 >= sql.size() || sql[i + 1] != close) return i + 1;
    ++i;
  }
  return sql.size();
}

// The end of the comment that begins here; `begin` itself if none does.
std::size_t end_of_comment(std::string_view sql, std::size_t begin) {
  const std::string_view rest = sql.substr(begin);
  if (rest.starts_with("--")) return std::min(sql.find('\n', begin), sql.size());
  if (!rest.starts_with("/*")) return begin;
  const std::size_t end = sql.find("*/", begin + 2);
  return end == std::string_view::npos ? sql.size() : end + 2;
}

}  // namespace

bool Token::is(std::string_view keyword) const {
  return kind == Kind::word && std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(),
                                          [](char a, char b) { return upper(a) == upper(b); });
}

std::string Token::name() const {
  if (kind == Kind::word || kind == Kind::symbol || text.size() < 2) return std::string(text);
  const char close = text.back();
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == close && close != ']') ++i;
  }
  return out;
}

Tokens::Tokens(std::string_view sql) {
  std::size_t i = 0;
  while (i < sql.size()) {
    if (is_blank(sql[i])) {
      ++i;
      continue;
    }
    if (const std::size_t end = end_of_comment(sql, i); end > i) {
      i = end;
      continue;
    }
    std::size_t end = i + 1;
    Token::Kind kind = Token::Kind::symbol;
    if (sql[i] == '"' || sql[i] == '`' || sql[i] == '[' || sql[i] == '\'') {
      kind = sql[i] == '\'' ? Token::Kind::string : Token::Kind::quoted;
      end = end_of_quoted(sql, i);
    } else if (is_word(sql[i])) {
      kind = Token::Kind::word;
      while (end < sql.size() && is_word(sql[end])) ++end;
    }
    tokens_.push_back({kind, sql.substr(i, end - i)});
    i = end;
  }
}

std::size_t Tokens::closing(std::size_t open) const {
  int depth = 0;
  for (std::size_t i = open; i < size(); ++i) {
    if (tokens_[i].is('(')) ++depth;
    if (tokens_[i].is(')') && --depth == 0) return i;
  }
  return size();
}

std::vector<std::pair<std::size_t, std::size_t>> Tokens::split(std::size_t begin,
                                                               std::size_t end) const {
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  std::size_t start = begin;
  for (std::size_t i = begin; i < end; ++i) {
    if (tokens_[i].is('(')) i = std::min(closing(i), end - 1);
    if (!tokens_[i].is(',')) continue;
    parts.emplace_back(start, i);
    start = i + 1;
  }
  if (start < end) parts.emplace_back(start, end);
  return parts;
}

std::string Tokens::text(std::size_t begin, std::size_t end) const {
  if (begin >= end || end > size()) return {};
  const char* const first = tokens_[begin].text.data();
  const std::string_view last = tokens_[end - 1].text;
  return {first, last.data() + last.size()};
}

}  // namespace dbkeeper::sqlite
