// `dbkeeper import`: the rows of an export into a database that has rows of its own.
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/import_plan.h"

namespace dbkeeper::import_command {

struct Options {
  std::string file;  // "-": stdin
  std::string mode = "skip";
  std::string identity = "auto";
  std::string on_missing_ref = "error";
  std::string on_extra_column = "error";
  ImportOptions what;  // those that stand there as given; the words above settle the rest
  bool no_keep_map = false;
  bool edited = false;
  bool explain = false;
  std::string id_map;
  bool overwrite = false;
  bool no_safety_backup = false;
  std::string confirm;
};

// What the words come to, but for what the database's address says.
ImportOptions settled(const Options& options);

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::import_command
