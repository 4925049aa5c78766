// `dbkeeper config`: what holds, and why.
#pragma once

#include "dbkeeper/commands/command.h"

namespace dbkeeper::cli::config_command {

inline constexpr std::string_view kDescription =
    "An option on the command line beats the environment, which beats the config\n"
    "file, which beats the default. The config file is the one that --config names,\n"
    "else dbkeeper.toml in the current folder, else\n"
    "$XDG_CONFIG_HOME/dbkeeper/dbkeeper.toml. Its keys are the long options: global\n"
    "ones at the top, a command's under its name, as in\n\n"
    "  db = \"postgresql://app@localhost/shop\"\n"
    "  jobs = 4\n"
    "  [inspect]\n"
    "  exact = true\n\n"
    "Passwords are not shown.";

struct Options {};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::cli::config_command
