// `dbkeeper cleanup`: retention that reasons in proofs.
#pragma once

#include <optional>
#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper::cleanup_command {

struct Options {
  std::optional<int> keep, keep_daily, keep_weekly, keep_monthly;
  std::string max_age;
  std::string label;
  bool exports = false;
  bool verify = false;
  bool dry_run = false;
  bool accept_collapse = false;
};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::cleanup_command
