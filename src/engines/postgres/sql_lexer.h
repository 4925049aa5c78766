// SQL as tokens, as far as it takes to tell where a statement ends and whom it names. Source: the
// server's and psql's scan.l. standard_conforming_strings is on.
#pragma once

#include <cstddef>
#include <string_view>

namespace dbkeeper::postgres {

struct Token {
  enum class Kind { word, quoted_word, number, text, punctuation, comment, end };
  Kind kind = Kind::end;
  std::string_view text;  // as it stands
  bool complete = true;   // false: the text ends within it
};

class SqlLexer {
 public:
  explicit SqlLexer(std::string_view sql) : sql_(sql) {}

  // The next token, white space passed over.
  Token next();
  // Where the next call looks on.
  std::size_t position() const { return at_; }

 private:
  Token token(Token::Kind kind, std::size_t end);
  Token until_quote(Token::Kind kind, std::size_t from, char quote, bool escapes);
  Token line_comment();
  Token block_comment();
  Token dollar_quoted(std::size_t tag_length);
  std::size_t dollar_tag() const;
  char at(std::size_t i) const { return i < sql_.size() ? sql_[i] : '\0'; }

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace dbkeeper::postgres
