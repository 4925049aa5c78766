// Every subcommand: those of the layer below and the command line's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/globals.h"
#include "cli/option_info.h"
#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli {

// In the order of --help.
const std::vector<CommandEntry>& all_commands();

// Null if there is none of that name.
const CommandEntry* find_command_entry(std::string_view name);

std::vector<std::string> command_names();

// The global options alone, and the options of a command (its own first, then the global ones), for
// whoever only describes them.
std::vector<OptionInfo> global_options();
std::vector<OptionInfo> options_of(const CommandEntry& entry);

}  // namespace dbkeeper::cli
