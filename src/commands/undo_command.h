// The one command that takes the last destructive run back.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/commands/command.h"

namespace dbkeeper {

// "dbkeeper restore --undo", for a shell, with the database and the folder where they were named on
// the command line.
std::string undo_command(const Context& context);

// A database and a folder that were named on the command line have to be named there again.
std::vector<std::string> words_for_place(const Context& context);

// As a shell takes them.
std::string command_line(const std::vector<std::string>& words);

}  // namespace dbkeeper
