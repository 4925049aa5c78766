// The words of somebody else's command, as they may be shown.
#pragma once

#include <string>
#include <vector>

namespace dbkeeper {

// Each without the secrets in it: passwords of addresses wherever they stand in a word, values of
// options and variables that are secret by their names.
std::vector<std::string> shown_words(const std::vector<std::string>& words);

// The same as one line, quoted as for a shell; a long one is cut.
std::string shown_line(const std::vector<std::string>& words);

}  // namespace dbkeeper
