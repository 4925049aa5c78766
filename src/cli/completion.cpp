#include "cli/completion.h"

#include <CLI/CLI.hpp>

#include "cli/command_table.h"

namespace dbkeeper::cli::completion_command {

void add_options(CLI::App& app, Options& options) {
  app.add_option("SHELL", options.shell, "the shell")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
}

Outcome run(const Options& options, Context&) {
  std::vector<CommandOptions> commands;
  for (const CommandEntry& entry : all_commands())
    commands.push_back({std::string(entry.name), std::string(entry.summary), options_of(entry)});
  const std::vector<OptionInfo> globals = global_options();

  Outcome outcome;
  if (options.shell == "bash")
    outcome.text = bash_completion(commands, globals);
  else if (options.shell == "zsh")
    outcome.text = zsh_completion(commands, globals);
  else
    outcome.text = fish_completion(commands, globals);
  outcome.result.set("script", outcome.text);
  return outcome;
}

}  // namespace dbkeeper::cli::completion_command
