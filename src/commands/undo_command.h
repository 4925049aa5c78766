// The one command that takes the last destructive run back.
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"

namespace dbkeeper {

// "dbkeeper restore --undo", for a shell, with the database and the folder where they were named on
// the command line; a database whose address has a password is only spoken of.
// `to`: the database, where it isn't the one of --db.
std::string undo_command(const Context& context, const std::string& to = {});
// The same for a backup that is named: "dbkeeper restore FILE".
std::string restore_command_of(const std::string& file, const Context& context);

}  // namespace dbkeeper
