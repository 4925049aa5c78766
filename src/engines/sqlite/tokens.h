// The words of a CREATE statement, as far as SQLite's catalog leaves something out that its text
// says: expressions, predicates, constraint names. Text in quotes and comments is never mistaken.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbkeeper::sqlite {

struct Token {
  enum class Kind { word, quoted, string, symbol };
  Kind kind;
  std::string_view text;  // as it stands

  // Whether it is this keyword, unquoted, in any case.
  bool is(std::string_view keyword) const;
  bool is(char symbol) const { return kind == Kind::symbol && text.front() == symbol; }
  // The name that it stands for. SQLite takes 'text' for a name where one has to stand.
  std::string name() const;
};

// The tokens of a statement; of one cut off, as many as there are.
class Tokens {
 public:
  explicit Tokens(std::string_view sql);

  std::size_t size() const { return tokens_.size(); }
  // One that is nothing where there is none: a text may end anywhere.
  const Token& operator[](std::size_t i) const {
    static constexpr Token kNone{Token::Kind::word, {}};
    return i < size() ? tokens_[i] : kNone;
  }

  // The first token at or after `from` that is this keyword or symbol; size() if there is none.
  template <class Wanted>
  std::size_t find(const Wanted& wanted, std::size_t from = 0) const {
    while (from < size() && !tokens_[from].is(wanted)) ++from;
    return from;
  }
  // The token that closes the parenthesis at `open`; size() if none does.
  std::size_t closing(std::size_t open) const;
  // The parts between `begin` and `end` that commas outside of parentheses separate.
  std::vector<std::pair<std::size_t, std::size_t>> split(std::size_t begin, std::size_t end) const;
  // The statement's text from one token up to before another, as it stands.
  std::string text(std::size_t begin, std::size_t end) const;

 private:
  std::vector<Token> tokens_;
};

}  // namespace dbkeeper::sqlite
