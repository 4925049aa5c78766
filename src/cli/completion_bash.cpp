#include <fmt/format.h>

#include "cli/completion.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

// "--jobs" and "-j", quoted by nobody: option names are plain words.
std::vector<std::string> spellings(const OptionInfo& info) {
  std::vector<std::string> out;
  if (!info.name.empty()) out.push_back("--" + info.name);
  if (info.letter != 0) out.push_back(fmt::format("-{}", info.letter));
  return out;
}

std::string all_spellings(const std::vector<OptionInfo>& options, std::string_view separator,
                          auto matches) {
  std::vector<std::string> out;
  for (const OptionInfo& info : options)
    if (matches(info))
      for (std::string& spelling : spellings(info)) out.push_back(std::move(spelling));
  return join(out, separator);
}

std::string value_action(const OptionInfo& info) {
  if (!info.choices.empty()) return fmt::format("_dbkeeper_words '{}'", join(info.choices, " "));
  return info.wants_path() ? "_dbkeeper_files" : ":";
}

// The branches that complete the value of an option: `command:--option) … ;;`
std::string value_branches(const std::string& command, const std::vector<OptionInfo>& options) {
  std::string out;
  for (const OptionInfo& info : options) {
    if (!info.takes_next_word() || info.name.empty() || (info.global && command != "*")) continue;
    std::vector<std::string> patterns;
    for (const std::string& spelling : spellings(info))
      patterns.push_back(command + ":" + spelling);
    out += fmt::format("    {}) {}; return ;;\n", join(patterns, "|"), value_action(info));
  }
  return out;
}

// What a word that is no option may be, as an assignment in the script.
std::string loose_words(const CommandOptions& command, const std::string& names) {
  for (const OptionInfo& info : command.options) {
    if (info.positional.empty()) continue;
    if (!info.choices.empty()) return fmt::format("words='{}'", join(info.choices, " "));
    return info.positional == "COMMAND" ? fmt::format("words='{}'", names) : "files=yes";
  }
  return "words=";
}

std::string command_branch(const CommandOptions& command, const std::string& names) {
  const std::string options = all_spellings(command.options, " ", [](auto&) { return true; });
  return fmt::format("    {}) options='{}' {} ;;\n", command.name, options,
                     loose_words(command, names));
}

constexpr std::string_view kHelpers = R"(# bash completion for dbkeeper

_dbkeeper_words() { COMPREPLY=($(compgen -W "$1" -- "$current")); }

_dbkeeper_files() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -f -- "$current"))
  compopt -o filenames 2> /dev/null
}

)";

}  // namespace

std::string bash_completion(const std::vector<CommandOptions>& commands,
                            const std::vector<OptionInfo>& globals) {
  std::vector<std::string> names;
  for (const CommandOptions& command : commands) names.push_back(command.name);
  const std::string all_names = join(names, " ");
  std::string branches, values = value_branches("*", globals);
  for (const CommandOptions& command : commands) {
    branches += command_branch(command, all_names);
    values += value_branches(command.name, command.options);
  }
  const auto takes_value = [](const OptionInfo& info) { return info.takes_next_word(); };
  const auto any = [](const OptionInfo&) { return true; };

  std::string out(kHelpers);
  out += R"(_dbkeeper() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local command= options= words= files= index
  COMPREPLY=()
  # readline makes --name=value three words
  if [[ $current == '=' ]]; then
    current=
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((index = 1; index < COMP_CWORD; ++index)); do
    case ${COMP_WORDS[index]} in
      --) _dbkeeper_files; return ;;
)";
  out += fmt::format("      {})\n", all_spellings(globals, "|", takes_value));
  out += R"(        if [[ ${COMP_WORDS[index+1]} == '=' ]]; then ((++index)); fi
        ((++index)) ;;
)";
  out += fmt::format("      {}) command=${{COMP_WORDS[index]}}; break ;;\n", join(names, "|"));
  out += "    esac\n  done\n  case $command:$previous in\n" + values + "  esac\n";
  out += "  case $command in\n" + branches;
  out += fmt::format("    *) options='{}' words='{}' ;;\n", all_spellings(globals, " ", any),
                     all_names);
  out += R"(  esac
  if [[ $current == -* ]]; then
    _dbkeeper_words "$options"
  elif [[ -n $files ]]; then
    _dbkeeper_files
  else
    _dbkeeper_words "$words"
  fi
}

complete -F _dbkeeper dbkeeper
)";
  return out;
}

}  // namespace dbkeeper::cli
