// The words of the command line, before anyone knows what they mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::cli {

struct Arguments {
  std::vector<std::string> words;   // up to the first `--`
  std::vector<std::string> passed;  // what follows it

  // Whether `word` stands among `words` as it is.
  bool has(std::string_view word) const;
  // The value of a long option as far as it can be told before parsing: `--name V` or `--name=V`.
  std::string_view value_of(std::string_view option) const;
};

// Copies the words, then blots out every password in the process's own argv, so that a list of
// processes doesn't show it any longer.
Arguments take_arguments(int argc, char** argv);

// Overwrites the secrets in a word with stars, its length kept.
void blot_secrets(char* word);

}  // namespace dbkeeper::cli
