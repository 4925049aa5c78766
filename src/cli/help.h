// --help and `dbkeeper help`, laid out for 80 columns.
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli {

// Of the program: commands, global options, exit codes.
std::string main_help();

// Of one command: summary, usage, options, examples.
std::string command_help(const CommandEntry& entry);

namespace help_command {

struct Options {
  std::string command;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace help_command
}  // namespace dbkeeper::cli
