// `dbkeeper restore`: a backup back into its database.
#pragma once

#include <optional>
#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::restore_command {

struct Options {
  std::string file;
  bool latest = false;
  bool list = false;
  bool undo = false;
  std::string label;  // of the backups that --latest chooses among; a glob
  std::string to;
  bool in_place = false;
  std::optional<int> keep_old;
  bool no_terminate = false;
  bool no_safety_backup = false;
  std::string confirm;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::restore_command
