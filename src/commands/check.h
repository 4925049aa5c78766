// dbkeeper check
#pragma once

#include "dbkeeper/commands/command.h"

namespace dbkeeper::check_command {

struct Options {
  bool quick = false;
  bool fix_sequences = false;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::check_command
