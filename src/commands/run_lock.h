// The lock of a destructive run, which a run within a run has from the outer one.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/engines/lock.h"

namespace dbkeeper {

// The lock on the database, which is that of a `dbkeeper migrate` whose command we are a part of
// where that has it.
std::unique_ptr<DatabaseLock> lock_for_run(const std::string& address, Context& context);

// The variable by which the parts of a command show that they work under this lock.
std::pair<std::string, std::string> lock_variable(const DatabaseLock& lock);

}  // namespace dbkeeper
