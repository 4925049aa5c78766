// `dbkeeper completion`: a script for the user's shell, made from the same tables as --help.
#pragma once

#include <string>
#include <vector>

#include "cli/option_info.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli {

struct CommandOptions {
  std::string name;
  std::string summary;
  std::vector<OptionInfo> options;  // global ones too
};

std::string bash_completion(const std::vector<CommandOptions>& commands,
                            const std::vector<OptionInfo>& globals);
std::string zsh_completion(const std::vector<CommandOptions>& commands,
                           const std::vector<OptionInfo>& globals);
std::string fish_completion(const std::vector<CommandOptions>& commands,
                            const std::vector<OptionInfo>& globals);

namespace completion_command {

inline constexpr std::string_view kDescription =
    "To have it in every new shell:\n\n"
    "  bash:  echo 'source <(dbkeeper completion bash)' >> ~/.bashrc\n"
    "  zsh:   echo 'source <(dbkeeper completion zsh)' >> ~/.zshrc\n"
    "         (behind the line with compinit)\n"
    "  fish:  dbkeeper completion fish > ~/.config/fish/completions/dbkeeper.fish";

struct Options {
  std::string shell;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace completion_command
}  // namespace dbkeeper::cli
