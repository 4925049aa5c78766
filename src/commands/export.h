// `dbkeeper export`: a database's rows as one JSON document.
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/export_plan.h"

namespace dbkeeper::export_command {

struct Options {
  std::string output;
  bool overwrite = false;
  ExportOptions what;
  bool no_references = false;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::export_command
