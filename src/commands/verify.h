// dbkeeper verify
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::verify_command {

struct Options {
  std::string file;
  bool all = false;
  bool drill = false;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::verify_command
