// From words to assignments: the grammar of the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/assignment.h"
#include "cli/option_info.h"

namespace dbkeeper::cli {

// Where among the words the command stands; nothing if there is none. Options before it are
// skipped, a global one with its value; those of the command aren't known yet, so behind one of
// them the first name of a command is taken.
std::optional<std::size_t> find_command(const std::vector<std::string>& words,
                                        const std::vector<OptionInfo>& globals,
                                        const std::vector<std::string>& commands);

// Which is the first of the words that is neither an option nor an option's value; nothing if there
// is none, or if one before it isn't among the options.
std::optional<std::size_t> find_loose_word(const std::vector<std::string>& words,
                                           const std::vector<OptionInfo>& options);

// What the words give to the options of `command` (empty: to the global ones alone), each option
// once, in the order of appearance.
// `--name value`, `--name=value`, `-n value`, `-nvalue`, flags in one (`-qy`); a lone `-` is a
// value; `literal` words (those behind `--`) are positionals whatever they look like. Error(usage)
// names the word and what is allowed.
std::vector<Assignment> parse_words(const std::vector<std::string>& words,
                                    const std::vector<std::string>& literal,
                                    const std::vector<OptionInfo>& options,
                                    std::string_view command);

}  // namespace dbkeeper::cli
