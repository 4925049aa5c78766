#include <fmt/format.h>

#include "cli/completion.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

// Text inside an _arguments specification, which stands in single quotes itself.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out.append({'\\', c});
    else
      out += c;
  }
  return out;
}

std::string action_of(const OptionInfo& info, const std::string& names) {
  if (!info.choices.empty()) return fmt::format("({})", join(info.choices, " "));
  if (info.positional == "COMMAND") return fmt::format("({})", names);
  return info.wants_path() ? "_files" : " ";
}

std::string option_specification(const OptionInfo& info) {
  const std::string stem = info.repeatable ? "*" : "";
  const std::string value = info.flag() ? ""
                                        : fmt::format("{}:{}:{}", info.implied.empty() ? "" : ":",
                                                      escaped(info.value), action_of(info, ""));
  const std::string rest = fmt::format("[{}]{}", escaped(info.description), value);
  std::string out;
  if (!info.name.empty())
    out += fmt::format("    '{}--{}{}{}'\n", stem, info.name,
                       info.flag()            ? ""
                       : info.implied.empty() ? "="
                                              : "=-",
                       rest);
  if (info.letter != 0)
    out += fmt::format("    '{}-{}{}{}'\n", stem, info.letter, info.flag() ? "" : "+", rest);
  return out;
}

std::string specifications(const std::vector<OptionInfo>& options, bool global,
                           const std::string& names) {
  std::string out;
  for (const OptionInfo& info : options) {
    if (info.global != global) continue;
    out += option_specification(info);
    if (!info.positional.empty())
      out += fmt::format("    '{}:{}:{}'\n", info.repeatable ? "*" : "", info.positional,
                         action_of(info, names));
  }
  return out;
}

}  // namespace

std::string zsh_completion(const std::vector<CommandOptions>& commands,
                           const std::vector<OptionInfo>& globals) {
  std::vector<std::string> names;
  std::string described, branches;
  for (const CommandOptions& command : commands) names.push_back(command.name);
  for (const CommandOptions& command : commands) {
    described += fmt::format("    '{}:{}'\n", command.name, escaped(command.summary));
    branches += fmt::format("        {}) own=(\n{}        ) ;;\n", command.name,
                            specifications(command.options, false, join(names, " ")));
  }
  std::string out = R"(#compdef dbkeeper
# zsh completion for dbkeeper

_dbkeeper() {
  local curcontext="$curcontext" state line
  local -a globals commands own
  typeset -A opt_args
  globals=(
)";
  out += specifications(globals, true, "") + "  )\n  commands=(\n" + described + "  )\n";
  out += R"(  _arguments -C "${globals[@]}" '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
)";
  out += branches;
  out += R"(      esac
      _arguments "${globals[@]}" "${own[@]}"
      ;;
  esac
}

if [[ $funcstack[1] == _dbkeeper ]]; then
  _dbkeeper "$@"
else
  compdef _dbkeeper dbkeeper
fi
)";
  return out;
}

}  // namespace dbkeeper::cli
