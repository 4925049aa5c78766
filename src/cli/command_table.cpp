#include "cli/command_table.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/completion.h"
#include "cli/config_command.h"
#include "cli/help.h"

namespace dbkeeper::cli {
namespace {

std::vector<CommandEntry> own_commands() {
  return {
      {.name = "config",
       .summary = "every setting, its value, and where it came from",
       .make = make_command<config_command::Options>,
       .description = config_command::kDescription,
       .examples = "dbkeeper config\ndbkeeper config --json"},
      {.name = "completion",
       .summary = "a script that completes dbkeeper's options in your shell",
       .make = make_command<completion_command::Options>,
       .description = completion_command::kDescription,
       .needs_settings = false},
      {.name = "help",
       .summary = "help for a command",
       .make = make_command<help_command::Options>,
       .examples = "dbkeeper help inspect",
       .needs_settings = false},
  };
}

std::vector<OptionInfo> described(auto add_options) {
  CLI::App app;
  app.set_help_flag();
  Globals globals;
  add_global_options(app, globals);
  add_options(app);
  std::vector<OptionInfo> out = describe(app);
  std::ranges::stable_partition(out, [](const OptionInfo& info) { return !info.global; });
  return out;
}

}  // namespace

const std::vector<CommandEntry>& all_commands() {
  static const std::vector<CommandEntry> kAll = [] {
    std::vector<CommandEntry> all = commands();
    std::ranges::copy(own_commands(), std::back_inserter(all));
    return all;
  }();
  return kAll;
}

const CommandEntry* find_command_entry(std::string_view name) {
  const auto found = std::ranges::find(all_commands(), name, &CommandEntry::name);
  return found == all_commands().end() ? nullptr : &*found;
}

std::vector<std::string> command_names() {
  std::vector<std::string> out;
  for (const CommandEntry& entry : all_commands()) out.emplace_back(entry.name);
  return out;
}

std::vector<OptionInfo> global_options() {
  return described([](CLI::App&) {});
}

std::vector<OptionInfo> options_of(const CommandEntry& entry) {
  const Command command = entry.make();
  return described(command.add_options);
}

}  // namespace dbkeeper::cli
