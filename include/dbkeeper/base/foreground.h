// Another program in our place: it has our terminal, and gets the signals that we get.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"

namespace dbkeeper {

struct ForegroundCall {
  std::string program;             // as find_program() gave it
  std::vector<std::string> words;  // the first one is its name
  // On top of what this process has; nothing: without that variable.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment = {};
  bool output_to_errors = false;  // its stdout goes to our stderr
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
  std::string shown;  // what it is called in messages
};

struct ForegroundEnd {
  int status = 0;  // its exit code; 128 and the signal's number if it was killed
  int signal = 0;  // that killed it
  double seconds = 0;
  bool timed_out = false;
  // The signal that we were asked to stop with meanwhile, or that ended it from the terminal.
  int interrupted = 0;
  bool left_running = false;  // something that it started goes on
};

// Where a program is that could be run by that name, PATH included. Error(failed) if there is none.
std::string find_program(const std::string& name);

// Runs it to its end, in a process group of its own, which is the terminal's foreground group
// meanwhile if ours was: Ctrl-C is for the program alone, and Ctrl-Z stops both. Nothing of our
// signals is blocked or ignored in it. A stop is passed on to the group with the signal that it
// came with; one more signal, or the timeout, ends the group: SIGTERM, and 5 s later SIGKILL. What
// the program leaves behind in its group is waited for for a few seconds.
// A stop from before is Error(interrupted), what can't be started Error(failed); later on it
// doesn't throw.
ForegroundEnd run_in_foreground(const ForegroundCall& call, Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
