// dbkeeper inspect
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::inspect_command {

struct Options {
  std::string file;  // empty: the database that is named elsewhere
  bool exact = false;
  std::string format = "table";
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::inspect_command
