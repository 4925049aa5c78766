#include "engines/postgres/sql_lexer.h"

#include <cctype>

namespace dbkeeper::postgres {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool goes_on_word(char c) { return begins_word(c) || is_digit(c) || c == '$'; }

}  // namespace

Token SqlLexer::token(Token::Kind kind, std::size_t end) {
  const Token out{kind, sql_.substr(at_, end - at_)};
  at_ = end;
  return out;
}

Token SqlLexer::next() {
  while (at_ < sql_.size() && is_space(sql_[at_])) ++at_;
  if (at_ == sql_.size()) return {};
  const char c = sql_[at_], after = at(at_ + 1);
  if (c == '-' && after == '-') return line_comment();
  if (c == '/' && after == '*') return block_comment();
  if (c == '\'') return until_quote(Token::Kind::text, at_ + 1, '\'', false);
  if ((c == 'e' || c == 'E') && after == '\'')
    return until_quote(Token::Kind::text, at_ + 2, '\'', true);
  if (c == '"') return until_quote(Token::Kind::quoted_word, at_ + 1, '"', false);
  if (const std::size_t tag = c == '$' ? dollar_tag() : 0; tag > 0) return dollar_quoted(tag);
  std::size_t end = at_ + 1;
  if (begins_word(c)) {
    while (goes_on_word(at(end))) ++end;
    return token(Token::Kind::word, end);
  }
  if (is_digit(c)) {
    while (goes_on_word(at(end)) || at(end) == '.') ++end;
    return token(Token::Kind::number, end);
  }
  return token(Token::Kind::punctuation, end);
}

Token SqlLexer::until_quote(Token::Kind kind, std::size_t from, char quote, bool escapes) {
  for (std::size_t i = from; i < sql_.size(); ++i) {
    if (escapes && sql_[i] == '\\') {
      ++i;
    } else if (sql_[i] == quote) {
      if (at(i + 1) != quote) return token(kind, i + 1);
      ++i;
    }
  }
  Token out = token(kind, sql_.size());
  out.complete = false;
  return out;
}

Token SqlLexer::line_comment() {
  const std::size_t end = sql_.find('\n', at_);
  return token(Token::Kind::comment, end == sql_.npos ? sql_.size() : end);
}

Token SqlLexer::block_comment() {
  int depth = 0;
  for (std::size_t i = at_; i + 1 < sql_.size(); ++i) {
    if (sql_[i] == '/' && sql_[i + 1] == '*') {
      ++depth;
      ++i;
    } else if (sql_[i] == '*' && sql_[i + 1] == '/') {
      ++i;
      if (--depth == 0) return token(Token::Kind::comment, i + 1);
    }
  }
  Token out = token(Token::Kind::comment, sql_.size());
  out.complete = false;
  return out;
}

// The length of $tag$ here; 0 if this is none.
std::size_t SqlLexer::dollar_tag() const {
  std::size_t end = at_ + 1;
  if (at(end) != '$' && !begins_word(at(end))) return 0;
  while (begins_word(at(end)) || is_digit(at(end))) ++end;
  return at(end) == '$' ? end + 1 - at_ : 0;
}

Token SqlLexer::dollar_quoted(std::size_t tag_length) {
  const std::string_view tag = sql_.substr(at_, tag_length);
  const std::size_t end = sql_.find(tag, at_ + tag_length);
  if (end != sql_.npos) return token(Token::Kind::text, end + tag_length);
  Token out = token(Token::Kind::text, sql_.size());
  out.complete = false;
  return out;
}

}  // namespace dbkeeper::postgres
