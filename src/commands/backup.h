// `dbkeeper backup`: a full copy of a database that has been read back.
#pragma once

#include <optional>
#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::backup_command {

struct Options {
  std::string output;
  bool overwrite = false;
  std::string label = "manual";
  bool with_json = false;
  bool portable = false;
  std::optional<int> keep;
  std::string after;
  bool no_verify = false;
  bool allow_empty = false;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::backup_command
