#include <fmt/format.h>

#include "cli/completion.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string option_line(const OptionInfo& info, const std::string& condition) {
  std::string out = "complete -c dbkeeper" + condition;
  if (!info.name.empty()) out += " -l " + info.name;
  if (info.letter != 0) out += fmt::format(" -s {}", info.letter);
  if (info.takes_next_word()) out += info.wants_path() ? " -r -F" : " -x";
  if (!info.choices.empty()) out += " -a " + fish_quoted(join(info.choices, " "));
  return out + " -d " + fish_quoted(info.description) + "\n";
}

std::string positional_line(const OptionInfo& info, const std::string& condition,
                            const std::string& names) {
  const std::string stem = "complete -c dbkeeper" + condition;
  if (!info.choices.empty())
    return fmt::format("{} -a {}\n", stem, fish_quoted(join(info.choices, " ")));
  if (info.positional == "COMMAND") return fmt::format("{} -a {}\n", stem, fish_quoted(names));
  return info.wants_path() ? stem + " -F\n" : "";
}

}  // namespace

std::string fish_completion(const std::vector<CommandOptions>& commands,
                            const std::vector<OptionInfo>& globals) {
  std::vector<std::string> names;
  for (const CommandOptions& command : commands) names.push_back(command.name);
  const std::string all_names = join(names, " ");

  std::string out = "# fish completion for dbkeeper\n\ncomplete -c dbkeeper -f\n";
  for (const OptionInfo& info : globals) out += option_line(info, "");
  for (const CommandOptions& command : commands) {
    out +=
        fmt::format("\ncomplete -c dbkeeper -n 'not __fish_seen_subcommand_from {}' -a {} -d {}\n",
                    all_names, command.name, fish_quoted(command.summary));
    const std::string within = fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
    for (const OptionInfo& info : command.options) {
      if (info.global) continue;
      if (!info.name.empty()) out += option_line(info, within);
      if (!info.positional.empty()) out += positional_line(info, within, all_names);
    }
  }
  return out;
}

}  // namespace dbkeeper::cli
