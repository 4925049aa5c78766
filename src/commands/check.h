// dbkeeper check
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::check_command {

struct Options {
  bool quick = false;
  bool fix_sequences = false;
  std::string max_backup_age;
  std::string max_proof_age;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::check_command
