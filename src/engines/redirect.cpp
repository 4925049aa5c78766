#include "dbkeeper/engines/redirect.h"

#include <algorithm>
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

// A mounted secret, as entrypoints read it; empty if it can't be read.
std::string content_of(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kMostSecretBytes) return {};
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// A word, or what stands between blanks and quotes within one: `sh -c 'psql "$X" -d shop'`.
struct Token {
  std::size_t word, begin, length;
};

std::vector<Token> tokens_of(const std::vector<std::string>& words) {
  std::vector<Token> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.find_first_of(" \t\n") == word.npos) {
      out.push_back({i, 0, word.size()});
      continue;
    }
    for (std::size_t begin = word.find_first_not_of(kBetweenWords); begin != word.npos;) {
      const std::size_t end = std::min(word.find_first_of(kBetweenWords, begin), word.size());
      out.push_back({i, begin, end - begin});
      begin = word.find_first_not_of(kBetweenWords, end);
    }
  }
  return out;
}

class Redirecting {
 public:
  Redirecting(const std::string& live, const Redirector& redirector, const ProgramStart& program)
      : live_(live), redirector_(redirector), program_(program) {}

  Redirection run() {
    redirector_.point_clients(program_.environment, out_);
    for (const auto& [name, value] : program_.environment) look_at(name, value);
    for (const std::string_view name : {"DATABASE_URL", "DBKEEPER_URL"}) set_where_absent(name);
    rewrite_words();
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
    if (auto now = redirector_.rewritten(value)) return now;
    if (auto now = redirector_.rewritten_value(name, value)) return now;
    return with_address_replaced(value);
  }

  // The address as the user wrote it, somewhere within a longer text: JSON, say. A path alone may
  // stand there for something else.
  std::optional<std::string> with_address_replaced(const std::string& text) const {
    const std::size_t at = text.find(live_);
    const auto now = at == text.npos || live_.find("://") == live_.npos
                         ? std::nullopt
                         : redirector_.rewritten(live_);
    if (!now) return std::nullopt;
    return text.substr(0, at) + *now + text.substr(at + live_.size());
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
    const std::vector<Token> tokens = tokens_of(program_.words);
    std::vector<std::string> texts;
    for (const Token& token : tokens) texts.push_back(text_of(token));
    for (std::size_t i = tokens.size(); i-- > 0;) {
      const std::string word = std::move(texts.back());
      texts.pop_back();
      if (const auto now = rewritten_word(program_of(tokens, i), texts, word))
        out_.words[tokens[i].word].replace(tokens[i].begin, tokens[i].length, *now);
    }
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
};

}  // namespace

Redirection redirect(const std::string& live, const std::string& scratch,
                     const ProgramStart& program) {
  const auto redirector = make_redirector(live, scratch, program.environment);
  return Redirecting(live, *redirector, program).run();
}

}  // namespace dbkeeper
