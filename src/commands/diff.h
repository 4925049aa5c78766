// dbkeeper diff
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/diff.h"

namespace dbkeeper::diff_command {

struct Options {
  std::string a;
  std::string b;  // empty: the database that is named elsewhere is compared with `a`
  DiffOptions what;
  bool schema_only = false;
  bool rows_only = false;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::diff_command
