#include "engines/postgres/dump_script.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/sql_lexer.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kHeading = "-- Name: ";
constexpr std::string_view kType = "; Type: ";

// How deep a statement is within what holds semicolons of its own: BEGIN ATOMIC … END of a routine
// in SQL, and the CASEs in it.
class Depth {
 public:
  void see(const Token& token) {
    if (token.text == "(") ++parentheses_;
    if (token.text == ")") parentheses_ = std::max(parentheses_ - 1, 0);
    if (token.kind != Token::Kind::word) return;
    const std::string word = lower_ascii(token.text);
    if (words_ < kBeginning) note_beginning(word);
    if (routine_ && word == "atomic" && last_ == "begin") ++blocks_;
    if (blocks_ > 0 && word == "case") ++blocks_;
    if (blocks_ > 0 && word == "end") --blocks_;
    last_ = word;
  }
  bool outside() const { return parentheses_ == 0 && blocks_ == 0; }

 private:
  static constexpr int kBeginning = 4;  // CREATE OR REPLACE FUNCTION

  void note_beginning(const std::string& word) {
    ++words_;
    if (words_ == 1) creates_ = word == "create";
    routine_ = routine_ || (creates_ && (word == "function" || word == "procedure"));
  }

  int words_ = 0;
  bool creates_ = false;
  bool routine_ = false;
  int parentheses_ = 0;
  int blocks_ = 0;
  std::string last_;
};

// The first words of a statement, in lower case.
std::vector<std::string> beginning_of(std::string_view statement, std::size_t most) {
  std::vector<std::string> out;
  SqlLexer lexer(statement);
  for (Token token = lexer.next(); token.kind != Token::Kind::end && out.size() < most;
       token = lexer.next())
    if (token.kind != Token::Kind::comment) out.push_back(lower_ascii(token.text));
  return out;
}

// None stands in a dump; a restore, which is one transaction, would be cut in two.
bool settles_transaction(std::string_view statement) {
  static const std::set<std::string> kAlways = {"abort",   "begin",    "commit",   "end",
                                                "release", "rollback", "savepoint"};
  const auto words = beginning_of(statement, 2);
  if (words.empty()) return false;
  return kAlways.count(words[0]) || (words.size() > 1 && words[1] == "transaction" &&
                                     (words[0] == "start" || words[0] == "prepare"));
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

class Parser {
 public:
  explicit Parser(std::string_view script) : script_(script), lexer_(script) {
    entries_.emplace_back();
  }

  std::vector<ScriptEntry> parse() {
    read();
    return std::move(entries_);
  }

  std::vector<ScriptSetting> parse_settings() {
    read();
    return std::move(found_);
  }

 private:
  void read() {
    while (true) {
      const Token token = lexer_.next();
      if (token.kind == Token::Kind::end) break;
      if (!token.complete) fail("ends within a quoted text or comment", place(token));
      take(token);
    }
    if (begin_) throw Error(ErrorKind::input, "the script ends within a statement");
  }

  void take(const Token& token) {
    if (token.kind == Token::Kind::comment) {
      if (!begin_) read_heading(token.text);
      return;
    }
    const std::size_t at = place(token);
    if (token.text == "\\") fail("has a command that only psql knows", at);
    if (!begin_) {
      if (token.text == ";") return;
      begin_ = at;
      depth_ = {};
    }
    if (token.text == ";" && depth_.outside()) return end_statement(at);
    depth_.see(token);
  }

  void end_statement(std::size_t end) {
    std::string statement(script_.substr(*begin_, end - *begin_));
    if (settles_transaction(statement))
      fail("has a statement that begins or ends a transaction: " + first_line(statement), *begin_);
    if (std::string name = setting_of(statement); !name.empty())
      found_.push_back({std::move(name), *begin_, end + 1});
    begin_.reset();
    const auto words = words_of(statement);
    const bool sets = words.size() > 1 && words[0].is("set") && !words[1].is("session");
    const bool sets_path = statement.starts_with("SELECT pg_catalog.set_config(");
    if (sets || sets_path) return note_setting(sets ? words[1].text : "search_path", statement);
    ScriptEntry& entry = entries_.back();
    if (entry.statements.empty()) entry.settings = settings();
    entry.statements.push_back(std::move(statement));
  }

  void note_setting(const std::string& name, const std::string& statement) {
    for (auto& [known, last] : settings_)
      if (known == name) {
        last = statement;
        return;
      }
    settings_.emplace_back(name, statement);
  }

  std::vector<std::string> settings() const {
    std::vector<std::string> out;
    for (const auto& [name, statement] : settings_) out.push_back(statement);
    return out;
  }

  void read_heading(std::string_view comment) {
    if (!comment.starts_with(kHeading)) return;
    const std::size_t type = comment.find(kType);
    if (type == comment.npos) return;
    const std::size_t end = comment.find(';', type + kType.size());
    ScriptEntry entry;
    entry.name = comment.substr(kHeading.size(), type - kHeading.size());
    entry.type = comment.substr(type + kType.size(), end - type - kType.size());
    entries_.push_back(std::move(entry));
  }

  std::size_t place(const Token& token) const {
    return static_cast<std::size_t>(token.text.data() - script_.data());
  }

  [[noreturn]] void fail(const std::string& what, std::size_t at) {
    const auto line =
        1 + std::count(script_.begin(), script_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw Error(ErrorKind::input, "the script " + what).line(line);
  }

  std::string_view script_;
  SqlLexer lexer_;
  std::vector<ScriptEntry> entries_;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::vector<ScriptSetting> found_;
  std::optional<std::size_t> begin_;
  Depth depth_;
};

std::string unquoted(std::string_view word) {
  std::string out;
  for (std::size_t i = 1; i + 1 < word.size(); ++i) {
    out += word[i];
    if (word[i] == '"') ++i;
  }
  return out;
}

}  // namespace

std::vector<ScriptEntry> parse_script(std::string_view script) {
  auto entries = Parser(script).parse();
  std::erase_if(entries, [](const ScriptEntry& entry) { return entry.statements.empty(); });
  return entries;
}

std::vector<ScriptSetting> settings_in(std::string_view script) {
  return Parser(script).parse_settings();
}

std::string setting_of(std::string_view statement) {
  constexpr std::size_t kWords = 3;
  const auto words = beginning_of(statement, kWords);
  const bool sets = words.size() == kWords && words[0] == "set" &&
                    (words[2] == "=" || words[2] == "to") &&
                    words[1].find('"') == std::string::npos;
  return sets ? words[1] : std::string();
}

// pg_dump opens with "\\restrict KEY" and closes with "\\unrestrict KEY"; what merely looks like it
// in between is a text of the user's.
int writer_of(std::string_view script) {
  constexpr std::string_view kWriter = "\n-- Dumped by pg_dump version ";
  const std::size_t at = script.find(kWriter);
  int major = 0;
  if (at != script.npos)
    std::from_chars(script.data() + at + kWriter.size(), script.data() + script.size(), major);
  return major;
}

std::string without_restrictions(std::string_view script) {
  constexpr std::string_view kOpens = "\n\\restrict ";
  const std::size_t opens = script.find(kOpens);
  if (opens == script.npos) return std::string(script);
  const std::size_t end = script.find('\n', opens + 1);
  if (end == script.npos) return std::string(script);
  const std::size_t key = opens + kOpens.size();
  const std::string closing = "\n\\unrestrict " + std::string(script.substr(key, end - key)) + "\n";
  std::string out(script);
  if (const std::size_t closes = out.rfind(closing); closes != out.npos)
    out.erase(closes, closing.size() - 1);
  return out.erase(opens, end - opens);
}

std::vector<Word> words_of(std::string_view statement) {
  std::vector<Word> out;
  SqlLexer lexer(statement);
  for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
    if (token.kind == Token::Kind::comment) continue;
    const bool quoted = token.kind == Token::Kind::quoted_word;
    const bool folded = token.kind == Token::Kind::word;
    out.push_back({quoted   ? unquoted(token.text)
                   : folded ? lower_ascii(token.text)
                            : std::string(token.text),
                   quoted, token.text});
  }
  return out;
}

}  // namespace dbkeeper::postgres
