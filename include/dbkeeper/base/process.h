// Another program, run to its end with what it writes held in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/base/stop.h"

namespace dbkeeper {

struct ProcessCall {
  std::string program;  // a path, or a name that PATH knows
  std::vector<std::string> arguments;
  // Besides what this process has: where secrets go, since everybody may read arguments.
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::vector<std::string> without = {};  // variables that it is not to have
};

struct ProcessResult {
  int status = 0;  // exit code; 128 and the signal's number if it was killed
  std::string output;
  std::string errors;  // what it wrote to stderr, at most the last 64 KiB
};

// Runs it with default signals and nothing to read. A stop ends it with SIGTERM and is
// Error(interrupted). A program that can't be run is Error(failed).
ProcessResult run_process(const ProcessCall& call, const Stop& stop);

}  // namespace dbkeeper
