#include "engines/sqlite/beyond_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/tokens.h"

namespace dbkeeper::sqlite {
namespace {

// From here on numbers are written as text with another algorithm
// (https://www.sqlite.org/releaselog/3_43_0.html).
constexpr int kFractionsWrittenAnew = 3043000;

constexpr int kFractionsOfSeconds = 3042000;

// https://www.sqlite.org/changes.html
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kLater = {{
    {"timediff", "3.43"},      {"octet_length", "3.43"},
    {"concat", "3.44"},        {"concat_ws", "3.44"},
    {"string_agg", "3.44"},    {"jsonb", "3.45"},
    {"jsonb_array", "3.45"},   {"jsonb_extract", "3.45"},
    {"jsonb_insert", "3.45"},  {"jsonb_object", "3.45"},
    {"jsonb_patch", "3.45"},   {"jsonb_remove", "3.45"},
    {"jsonb_replace", "3.45"}, {"jsonb_set", "3.45"},
    {"json_pretty", "3.46"},   {"json_error_position", "3.42"},
    {"unhex", "3.41"},         {"if", "3.48"},
    {"unistr", "3.50"},        {"unistr_quote", "3.50"},
}};

// Words that may stand before a parenthesis and call nothing.
constexpr std::array<std::string_view, 31> kNoFunctions = {
    "and",     "or",   "not",   "in",      "is",       "between", "like",   "glob",
    "case",    "when", "then",  "else",    "end",      "cast",    "exists", "select",
    "collate", "as",   "check", "default", "escape",   "null",    "from",   "where",
    "values",  "on",   "using", "limit",   "distinct", "over",    "filter"};

// Which text it is that a number becomes.
constexpr std::array<std::string_view, 8> kTexts = {"round",  "printf",     "format",      "quote",
                                                    "concat", "json_array", "json_object", "hex"};

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The functions that the library has, and the tables' columns that hold fractions.
class Library {
 public:
  explicit Library(Connection& connection) {
    Statement functions(connection, "SELECT lower(name) FROM pragma_function_list");
    while (functions.step()) functions_.emplace(functions.text(0));
  }

  bool has_function(const std::string& name) const { return functions_.contains(name); }

 private:
  std::set<std::string> functions_;
};

// By the names that types of numbers with a fraction have.
bool holds_fractions(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kParts = {"real", "floa", "doub",
                                                             "num",  "dec",  "money"};
  const std::string lower = lower_ascii(type);
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

std::set<std::string> fractions_of(Connection& connection, const std::string& table) {
  std::set<std::string> out;
  Statement columns(connection, "SELECT name, type FROM pragma_table_xinfo(?1, 'main')");
  columns.bind(1, table);
  while (columns.step())
    if (holds_fractions(columns.text(1))) out.insert(lower_ascii(columns.text(0)));
  return out;
}

bool is_fraction(const Tokens& tokens, std::size_t at) {
  return at > 0 && at + 1 < tokens.size() && tokens[at].is('.') &&
         tokens[at + 1].kind == Token::Kind::word && tokens[at + 1].text.front() >= '0' &&
         tokens[at + 1].text.front() <= '9';
}

// Looks through the expressions in a text for what only others can evaluate.
class Reading {
 public:
  Reading(const Library& library, const std::set<std::string>& fractions, Beyond found,
          std::vector<Beyond>& out)
      : library_(library), fractions_(fractions), found_(std::move(found)), out_(out) {}

  // Of an expression, from one token up to before another.
  void expression(const Tokens& tokens, std::size_t begin, std::size_t end) {
    bool fraction = false, text = false;
    for (std::size_t at = begin; at < std::min(end, tokens.size()); ++at) {
      const Token& token = tokens[at];
      const std::string word = lower_ascii(token.name());
      const bool name = token.kind == Token::Kind::word || token.kind == Token::Kind::quoted;
      fraction = fraction || (name && fractions_.contains(word)) || is_fraction(tokens, at);
      text = text || (token.is('|') && at + 1 < end && tokens[at + 1].is('|')) ||
             (token.is("AS") && at + 1 < end && tokens[at + 1].is("TEXT"));
      if (token.is("REGEXP") || token.is("MATCH")) call(word);
      // Earlier releases give NULL for it.
      if (token.kind == Token::Kind::string && (word == "subsec" || word == "subsecond") &&
          sqlite3_libversion_number() < kFractionsOfSeconds)
        add(Beyond::What::function, word, "3.42");
      if (token.kind != Token::Kind::word || at + 1 >= end || !tokens[at + 1].is('(')) continue;
      if (at > begin && tokens[at - 1].is("AS")) continue;  // a type: CAST(x AS VARCHAR(10))
      text = text || has(kTexts, word);
      if (!has(kNoFunctions, word)) call(word);
    }
    if (fraction && text && sqlite3_libversion_number() < kFractionsWrittenAnew)
      add(Beyond::What::fraction_as_text, {}, "3.43");
  }

 private:
  void call(const std::string& function) {
    if (!library_.has_function(function))
      add(Beyond::What::function, function, release_with(function));
  }

  void add(Beyond::What what, std::string name, std::string since) {
    Beyond beyond = found_;
    beyond.what = what;
    beyond.name = std::move(name);
    beyond.since = std::move(since);
    out_.push_back(std::move(beyond));
  }

  const Library& library_;
  const std::set<std::string>& fractions_;
  const Beyond found_;
  std::vector<Beyond>& out_;
};

// What its checks and generated columns say.
void read_table(std::string_view sql, Reading reading) {
  const Tokens tokens(sql);
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at)
    if ((tokens[at].is("CHECK") || tokens[at].is("AS")) && tokens[at + 1].is('(')) {
      const std::size_t end = tokens.closing(at + 1);
      reading.expression(tokens, at + 2, end);
      at = std::max(at, std::min(end, tokens.size()) - 1);
    }
}

void read_index(std::string_view sql, Reading reading) {
  const Tokens tokens(sql);
  const std::size_t open = tokens.find('(', tokens.find("ON"));
  if (open < tokens.size()) reading.expression(tokens, open + 1, tokens.size());
}

void read_texts(Connection& connection, std::vector<Beyond>& out) {
  const Library library(connection);
  std::string last;
  std::set<std::string> fractions;
  Statement objects(connection,
                    "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE type IN "
                    "('table', 'index') AND sql LIKE '%(%' AND sql NOT LIKE 'CREATE VIRTUAL%' "
                    "ORDER BY tbl_name");
  while (objects.step()) {
    const std::string table(objects.text(2)), name(objects.text(1));
    if (std::exchange(last, table) != table) fractions = fractions_of(connection, table);
    const bool index = objects.text(0) == "index";
    const Beyond found{{}, table, index ? name : std::string(), {}, {}};
    const Reading reading(library, fractions, found, out);
    index ? read_index(objects.text(3), reading) : read_table(objects.text(3), reading);
  }
}

// Those of the library need no registering, and we register none.
void read_collations(Connection& connection, std::vector<Beyond>& out) {
  Statement parts(connection,
                  "SELECT DISTINCT t.name, i.name, x.coll FROM pragma_table_list AS t "
                  "JOIN pragma_index_list(t.name, 'main') AS i "
                  "JOIN pragma_index_xinfo(i.name, 'main') AS x "
                  "WHERE t.schema = 'main' AND t.type IN ('table', 'shadow') AND x.\"key\" AND "
                  "x.coll COLLATE NOCASE NOT IN ('BINARY', 'NOCASE', 'RTRIM')");
  while (parts.step())
    out.push_back({Beyond::What::collation,
                   std::string(parts.text(0)),
                   std::string(parts.text(1)),
                   std::string(parts.text(2)),
                   {}});
}

}  // namespace

std::string release_with(std::string_view function) {
  for (const auto& [name, release] : kLater)
    if (name == function) return std::string(release);
  return {};
}

std::string Beyond::reason() const {
  const std::string whose = index.empty()
                                ? fmt::format("the table '{}'", table)
                                : fmt::format("the index '{}' of the table '{}'", index, table);
  if (what == What::fraction_as_text)
    return fmt::format(
        "{} is about numbers with a fraction as text or rounded, which SQLite {} and later write "
        "differently than {}",
        whose, since, sqlite3_libversion());
  const std::string thing =
      fmt::format("the {} '{}'", what == What::collation ? "collation" : "function", name);
  if (since.empty())
    return fmt::format("{} needs {}, which the application has and SQLite itself lacks", whose,
                       thing);
  return fmt::format("{} needs {}, which SQLite has from {} on; this is {}", whose, thing, since,
                     sqlite3_libversion());
}

std::vector<Beyond> beyond_library(Connection& connection) {
  std::vector<Beyond> out;
  read_collations(connection, out);
  read_texts(connection, out);
  return out;
}

}  // namespace dbkeeper::sqlite
