// What the options of a command are, read off CLI11's objects as plain values: for parsing, help,
// completion, the config file and `dbkeeper config` alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace dbkeeper::cli {

inline constexpr std::string_view kGlobalGroup = "Global options";

struct OptionInfo {
  enum class Takes { nothing, text, integer, real };

  std::string name;        // the long name without dashes; empty for a mere positional
  char letter = 0;         // the short name, 0 if there is none
  std::string positional;  // its name as a positional ("FILE"), empty if it isn't one
  Takes takes = Takes::text;
  std::string value;                 // what it takes, for people: "FILE", "N", "auto|always|never"
  std::vector<std::string> choices;  // the only values that it takes; empty: any
  std::string implied;               // what it takes standing alone; empty: it needs a value
  std::string range;                 // "1 to 64", empty without one
  std::string default_text;
  std::string description;
  bool repeatable = false;
  bool required = false;
  bool global = false;

  bool flag() const { return takes == Takes::nothing; }
  // Whether a word behind it is its value; else that stands behind a = or nowhere.
  bool takes_next_word() const { return !flag() && implied.empty(); }
  bool wants_path() const;
  // How CLI11 finds it: "--jobs", or the positional's name.
  std::string key() const { return name.empty() ? positional : "--" + name; }
};

// Its options and positionals in the order in which they were added, hidden ones left out.
std::vector<OptionInfo> describe(const CLI::App& app);

// The options of a list that have the given long or short name; null if there is none.
const OptionInfo* find_long(const std::vector<OptionInfo>& options, std::string_view name);
const OptionInfo* find_short(const std::vector<OptionInfo>& options, char letter);

// "--all", "--any" …: what a mistyped one is compared with.
std::vector<std::string> long_names(const std::vector<OptionInfo>& options);

}  // namespace dbkeeper::cli
