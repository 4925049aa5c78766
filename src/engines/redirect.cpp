#include "dbkeeper/engines/redirect.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <string_view>

#include "engines/redirector.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFileEnding = "_FILE";
constexpr std::size_t kMostSecretBytes = 64 << 10;
// What stands between the words of a command, or around an address within a text.
constexpr std::string_view kBetweenWords = " \t\n\r'\"`;|<>()";
constexpr std::string_view kBlanks = " \t\n";
// What an address within a text ends before: anything else would be more of it.
constexpr std::string_view kAfterAddress = " \t\n\r'\"`;|<>()?&,}]#\\";

// Whether it may be part of an address's scheme, so that this one began earlier.
bool belongs_to_scheme(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.' ||
         c == '_';
}

// A mounted secret, as entrypoints read it; empty if it can't be read.
std::string content_of(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kMostSecretBytes) return {};
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// Whether there was any {url}.
bool put_url(std::string& word, const std::string& url) {
  bool found = false;
  for (std::size_t at = find_url_mark(word, 0); at != word.npos;
       at = find_url_mark(word, at + url.size())) {
    word.replace(at, kUrlMark.size(), url);
    found = true;
  }
  return found;
}

// A word, or what stands between blanks and quotes within one: `sh -c 'psql "$X" -d shop'`.
struct Token {
  std::size_t word, begin, length;
};

class Redirecting {
 public:
  Redirecting(const std::string& live, const Redirector& redirector, const ProgramStart& program)
      : live_(live), redirector_(redirector), program_(program) {}

  Redirection run() {
    redirector_.point_clients(program_.environment, out_);
    for (const auto& [name, value] : program_.environment) look_at(name, value);
    for (const std::string_view name : {"DATABASE_URL", "DBKEEPER_URL"}) set_where_absent(name);
    rewrite_words();
    out_.leads = word_leads_ || !out_.found.empty() || reads_what_is_set() || starts_a_client();
    std::erase_if(out_.unset, [this](const std::string& name) {
      return find_variable(program_.environment, name) == nullptr;
    });
    return std::move(out_);
  }

 private:
  void look_at(const std::string& name, const std::string& value) {
    if (const auto now = rewritten(name, value)) {
      set_variable(out_.set, name, *now);
      out_.found.push_back(name);
    } else if (name.ends_with(kFileEnding)) {
      look_into_file(name, value);
    } else if (redirector_.is_doubtful(value)) {
      out_.doubtful.push_back(name);
    }
  }

  void look_into_file(const std::string& name, const std::string& path) {
    const std::string plain = name.substr(0, name.size() - kFileEnding.size());
    const auto now = rewritten(plain, content_of(path));
    if (!now) return;
    set_variable(out_.set, plain, *now);
    out_.unset.push_back(name);
    out_.found.push_back(name);
  }

  std::optional<std::string> rewritten(const std::string& name, const std::string& value) const {
    if (value.empty()) return std::nullopt;
    // First, since a list of addresses reads like one with a strange password.
    const auto replaced = with_address_replaced(value);
    if (auto now = redirector_.rewritten(replaced.value_or(value))) return now;
    return replaced ? replaced : redirector_.rewritten_value(name, value);
  }

  // The address as the user wrote it, wherever it stands by itself within a longer text: JSON, say.
  // A path alone may stand there for something else.
  std::optional<std::string> with_address_replaced(const std::string& text) const {
    if (live_.find("://") == live_.npos || text.find(live_) == text.npos) return std::nullopt;
    const auto now = redirector_.rewritten(live_);
    if (!now) return std::nullopt;
    std::string out;
    std::size_t kept = 0;
    for (std::size_t at = text.find(live_); at != text.npos; at = text.find(live_, at + 1)) {
      const std::size_t end = at + live_.size();
      if (at < kept || (at > 0 && belongs_to_scheme(text[at - 1])) ||
          (end < text.size() && kAfterAddress.find(text[end]) == kAfterAddress.npos))
        continue;
      out += text.substr(kept, at - kept) + *now;
      kept = end;
    }
    if (kept == 0) return std::nullopt;
    return out + text.substr(kept);
  }

  void set_where_absent(std::string_view name) {
    const std::string file = std::string(name) + std::string(kFileEnding);
    if (find_variable(program_.environment, name) || find_variable(program_.environment, file))
      return;
    set_variable(out_.set, name, redirector_.url());
  }

  // From the back, so that the places of those before stay what they are.
  void rewrite_words() {
    out_.words = program_.words;
    const std::vector<Token> tokens = all_tokens();
    std::vector<std::string> texts;
    for (const Token& token : tokens) texts.push_back(text_of(token));
    for (std::size_t i = tokens.size(); i-- > 0;) {
      const std::string word = std::move(texts.back());
      texts.pop_back();
      if (const auto now = rewritten_token(program_of(tokens, i), texts, word)) {
        out_.words[tokens[i].word].replace(tokens[i].begin, tokens[i].length, *now);
        word_leads_ = true;
      }
    }
    for (std::string& word : out_.words) word_leads_ |= put_url(word, redirector_.url());
  }

  // "$DATABASE_URL" in a shell's text.
  bool reads_what_is_set() const {
    return std::ranges::any_of(out_.set, [this](const auto& variable) {
      return std::ranges::any_of(program_.words, [&](const std::string& word) {
        return word.find("$" + variable.first) != word.npos ||
               word.find("${" + variable.first) != word.npos;
      });
    });
  }

  bool starts_a_client() const {
    return std::ranges::any_of(all_tokens(), [this](const Token& token) {
      return redirector_.is_client(fs::path(text_of(token)).filename().string());
    });
  }

  std::vector<Token> all_tokens() const {
    std::vector<Token> out;
    for (std::size_t i = 0; i < program_.words.size(); ++i) {
      const std::string& word = program_.words[i];
      if (word.find_first_of(kBlanks) == word.npos || is_one(i))
        out.push_back({i, 0, word.size()});
      else
        add_tokens_within(i, out);
    }
    return out;
  }

  // Whether a word with a blank in it names the live database as it stands. A shell's text may
  // begin like that: URL=postgres://host/shop?a=b psql shop
  bool is_one(std::size_t number) const {
    const auto& words = program_.words;
    const std::string& word = words[number];
    const std::size_t scheme = word.find("://"), query = word.find('?');
    if (scheme != word.npos && word.find("://", scheme + 1) != word.npos) return false;
    if (word.find(':') < query && word.find_first_of(kBlanks, query) != word.npos) return false;
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(number);
    return number > 0 &&
           rewritten_word(fs::path(words.front()).filename().string(), {words.begin(), end}, word)
               .has_value();
  }

  void add_tokens_within(std::size_t number, std::vector<Token>& out) const {
    const std::string& word = program_.words[number];
    for (std::size_t begin = word.find_first_not_of(kBetweenWords); begin != word.npos;) {
      const std::size_t end = end_of_token(word, begin);
      out.push_back({number, begin, end - begin});
      begin = word.find_first_not_of(kBetweenWords, end);
    }
  }

  // Quotes hold together what names the live database: 'my shop.db'.
  std::size_t end_of_token(const std::string& word, std::size_t begin) const {
    const char before = begin > 0 ? word[begin - 1] : ' ';
    if (before == '\'' || before == '"') {
      const std::size_t end = word.find(before, begin);
      const auto now =
          end == word.npos ? std::nullopt : redirector_.rewritten(word.substr(begin, end - begin));
      if (now && now->find(before) == now->npos) return end;
    }
    return std::min(word.find_first_of(kBetweenWords, begin), word.size());
  }

  std::string text_of(const Token& token) const {
    return program_.words[token.word].substr(token.begin, token.length);
  }

  std::optional<std::string> rewritten_word(const std::string& program,
                                            const std::vector<std::string>& before,
                                            const std::string& text) const {
    if (auto now = redirector_.rewritten(text)) return now;
    if (auto now = redirector_.rewritten_word(program, before, text)) return now;
    const std::size_t equals = text.find('=');  // --url=…, DATABASE_URL=…
    if (equals == text.npos) return std::nullopt;
    const std::string name = text.substr(0, equals), value = text.substr(equals + 1);
    auto now = redirector_.rewritten(value);
    if (!now && !name.starts_with('-')) now = redirector_.rewritten_value(name, value);
    if (!now) return std::nullopt;
    return name + "=" + *now;
  }

  // The same, or with the address replaced somewhere within.
  std::optional<std::string> rewritten_token(const std::string& program,
                                             const std::vector<std::string>& before,
                                             const std::string& text) const {
    const auto replaced = with_address_replaced(text);
    if (auto now = rewritten_word(program, before, replaced.value_or(text))) return now;
    return replaced;
  }

  // The last one before the word that a shell would run: by and large the first word of its text.
  std::string program_of(const std::vector<Token>& tokens, std::size_t number) const {
    std::size_t first = number;
    while (first > 0 && tokens[first - 1].word == tokens[number].word) --first;
    if (first == number || tokens[first].word == 0) first = 0;
    return fs::path(text_of(tokens[first])).filename().string();
  }

  const std::string& live_;
  const Redirector& redirector_;
  const ProgramStart& program_;
  Redirection out_;
  bool word_leads_ = false;
};

}  // namespace

std::size_t find_url_mark(std::string_view word, std::size_t from) {
  for (std::size_t at = word.find(kUrlMark, from); at != word.npos;
       at = word.find(kUrlMark, at + 1)) {
    const std::size_t end = at + kUrlMark.size();
    const bool of_another = at > 0 && std::string_view("$%{").find(word[at - 1]) != word.npos;
    if (!of_another && (end == word.size() || word[end] != '}')) return at;
  }
  return word.npos;
}

std::vector<std::string> with_url(std::vector<std::string> words, const std::string& address,
                                  const Variables& environment) {
  const bool asked = std::ranges::any_of(
      words, [](const std::string& word) { return find_url_mark(word, 0) != word.npos; });
  if (!asked) return words;
  const std::string url = make_redirector(address, address, environment)->url();
  for (std::string& word : words) put_url(word, url);
  return words;
}

Redirection redirect(const std::string& live, const std::string& scratch,
                     const ProgramStart& program) {
  const auto redirector = make_redirector(live, scratch, program.environment);
  return Redirecting(live, *redirector, program).run();
}

}  // namespace dbkeeper
