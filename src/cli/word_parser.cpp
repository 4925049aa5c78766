#include "cli/word_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/base/url.h"

namespace dbkeeper::cli {
namespace {

bool is_option(std::string_view word) { return word.size() > 1 && word.starts_with('-'); }

class WordParser {
 public:
  WordParser(const std::vector<std::string>& words, const std::vector<OptionInfo>& options,
             std::string_view command)
      : words_(words), options_(options), command_(command) {}

  std::vector<Assignment> parse(const std::vector<std::string>& literal) {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (word.starts_with("--"))
        read_long(word);
      else if (is_option(word))
        read_short(word);
      else
        loose_.push_back(word);
    }
    loose_.insert(loose_.end(), literal.begin(), literal.end());
    place_loose_words();
    return std::move(out_);
  }

 private:
  Error usage(std::string message) const {
    return Error(ErrorKind::usage, std::move(message))
        .hint(command_.empty() ? "dbkeeper --help" : fmt::format("dbkeeper {} --help", command_));
  }

  void read_long(std::string_view word) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    const OptionInfo* info = find_long(options_, name);
    if (info == nullptr) throw unknown(fmt::format("--{}", name));
    if (equals == word.npos) {
      assign(*info, info->flag()              ? "true"
                    : info->takes_next_word() ? next_word(*info)
                                              : info->implied);
    } else if (info->flag()) {
      throw usage(fmt::format("option '--{}' takes no value", name));
    } else {
      assign(*info, std::string(word.substr(equals + 1)));
    }
  }

  void read_short(std::string_view word) {
    if (find_long(options_, word.substr(1)) != nullptr)  // -json
      throw usage(fmt::format("unknown option '{}'; did you mean '-{}'?", word, word));
    for (std::size_t i = 1; i < word.size(); ++i) {
      const OptionInfo* info = find_short(options_, word[i]);
      if (info == nullptr) throw unknown(fmt::format("-{}", word[i]));
      if (info->flag()) {
        assign(*info, "true");
        continue;
      }
      const std::string_view rest = word.substr(i + 1);
      assign(*info, rest.empty() ? next_word(*info)
                                 : std::string(rest.starts_with('=') ? rest.substr(1) : rest));
      return;
    }
  }

  Error unknown(std::string_view option) const {
    const std::string owner = command_.empty() ? "" : fmt::format(" of '{}'", command_);
    return usage(fmt::format("unknown option '{}'{}{}", option, owner,
                             did_you_mean(option, long_names(options_))));
  }

  std::string next_word(const OptionInfo& info) {
    if (at_ < words_.size() && !names_option(words_[at_])) return words_[at_++];
    throw usage(fmt::format("option '{}' needs a value: {}", info.key(), info.value));
  }

  // Whether a value was forgotten; one that looks like an option is written with '='.
  bool names_option(std::string_view word) const {
    return word.starts_with("--") &&
           find_long(options_, word.substr(2, word.find('=') - 2)) != nullptr;
  }

  void assign(const OptionInfo& info, std::string value) {
    if (value.empty())
      throw usage(
          fmt::format("option '{}' has an empty value; it takes {}", info.key(), info.value));
    const auto earlier = std::ranges::find(out_, info.key(), &Assignment::key);
    if (earlier == out_.end()) {
      out_.push_back({info.key(), {std::move(value)}, {info.key()}});
    } else if (info.repeatable) {
      earlier->values.push_back(std::move(value));
    } else if (!info.flag()) {
      throw usage(fmt::format("option '{}' is given twice", info.key()));
    }
  }

  void place_loose_words() {
    auto word = loose_.begin();
    for (const OptionInfo& info : options_) {
      if (info.positional.empty()) continue;
      for (bool more = true; more && word != loose_.end(); more = info.repeatable) {
        if (word->empty())
          throw usage(fmt::format("an empty word stands where {} is expected", info.positional));
        assign(info, *word++);
      }
    }
    if (word != loose_.end())
      throw usage(
          fmt::format("unexpected '{}': '{}' takes {}", redacted(*word), command_, positionals()));
  }

  std::string positionals() const {
    std::vector<std::string> names;
    for (const OptionInfo& info : options_)
      if (!info.positional.empty()) names.push_back(info.positional);
    return names.empty() ? "only options" : "only " + join(names, " ") + " besides options";
  }

  const std::vector<std::string>& words_;
  const std::vector<OptionInfo>& options_;
  std::string_view command_;
  std::size_t at_ = 0;
  std::vector<std::string> loose_;  // words that aren't options or their values
  std::vector<Assignment> out_;
};

// Whether one of the options, standing alone, takes the word behind it.
bool takes_next(std::string_view word, const std::vector<OptionInfo>& options) {
  if (word.starts_with("--")) {
    const OptionInfo* info = find_long(options, word.substr(2));
    return info != nullptr && info->takes_next_word();
  }
  const OptionInfo* info = find_short(options, word.back());
  return info != nullptr && info->takes_next_word() && word.size() == 2;
}

bool is_known(std::string_view word, const std::vector<OptionInfo>& options) {
  return word.starts_with("--") ? find_long(options, word.substr(2, word.find('=') - 2)) != nullptr
                                : find_short(options, word[1]) != nullptr;
}

}  // namespace

std::optional<std::size_t> find_command(const std::vector<std::string>& words,
                                        const std::vector<OptionInfo>& globals,
                                        const std::vector<std::string>& commands) {
  std::optional<std::size_t> first;
  bool sure = true;  // no option of unknown arity so far
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_option(words[i])) {
      sure = sure && is_known(words[i], globals);
      if (takes_next(words[i], globals)) ++i;
      continue;
    }
    if (sure || std::ranges::find(commands, words[i]) != commands.end()) return i;
    if (!first) first = i;
  }
  return first;
}

std::optional<std::size_t> find_loose_word(const std::vector<std::string>& words,
                                           const std::vector<OptionInfo>& options) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_option(words[i])) return i;
    if (!is_known(words[i], options)) return std::nullopt;
    if (takes_next(words[i], options)) ++i;
  }
  return std::nullopt;
}

std::vector<Assignment> parse_words(const std::vector<std::string>& words,
                                    const std::vector<std::string>& literal,
                                    const std::vector<OptionInfo>& options,
                                    std::string_view command) {
  return WordParser(words, options, command).parse(literal);
}

}  // namespace dbkeeper::cli
