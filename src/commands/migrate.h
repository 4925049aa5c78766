// `dbkeeper migrate -- COMMAND…`: somebody else's migration command, made safe.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::migrate_command {

struct Options {
  std::string strict;  // empty, "losses" or "values"
  std::vector<std::string> expect_loss;
  bool auto_restore = false;
  bool rehearse = false;
  std::string unless;
  std::string timeout;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::migrate_command
