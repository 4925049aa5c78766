#include "cli/arguments.h"

#include <algorithm>
#include <cstring>

#include "dbkeeper/base/url.h"

namespace dbkeeper::cli {

bool Arguments::has(std::string_view word) const {
  return std::ranges::find(words, word) != words.end();
}

std::string_view Arguments::value_of(std::string_view option) const {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == option) return i + 1 < words.size() ? std::string_view(words[i + 1]) : "";
    if (word.starts_with(option) && word.substr(option.size()).starts_with('='))
      return word.substr(option.size() + 1);
  }
  return "";
}

void blot_secrets(char* word) {
  // Of `--db=URL` only the value is an address.
  char* value = word;
  if (std::strncmp(word, "--", 2) == 0)
    if (char* equals = std::strchr(word, '=')) value = equals + 1;
  const std::string_view text = value;
  const std::string safe = redacted(text);
  if (safe == text) return;
  const auto head = static_cast<std::size_t>(std::ranges::mismatch(text, safe).in1 - text.begin());
  std::size_t tail = 0;
  while (tail < text.size() - head && tail < safe.size() &&
         text[text.size() - 1 - tail] == safe[safe.size() - 1 - tail])
    ++tail;
  std::memset(value + head, '*', text.size() - head - tail);
}

Arguments take_arguments(int argc, char** argv) {
  Arguments out;
  bool passing = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!passing && word == "--")
      passing = true;
    else
      (passing ? out.passed : out.words).emplace_back(word);
  }
  for (int i = 1; i < argc; ++i) blot_secrets(argv[i]);
  return out;
}

}  // namespace dbkeeper::cli
