// Commands for sh.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/base/stop.h"

namespace dbkeeper {

// As a shell takes it for one word.
std::string shell_word(std::string_view text);

// Runs a command of the user's with `sh -c`, default signals, and stderr in the place of its
// stdout, which is for our results. Its exit code; 128 and the signal's number if it was killed. A
// stop ends it, and all that it started, with SIGTERM and is Error(interrupted). Error(failed) if
// there is no shell.
int run_shell(const std::string& command, const Stop& stop);

}  // namespace dbkeeper
