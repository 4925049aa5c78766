// The lock of a destructive run, which a run within a run has from the outer one.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/engines/lock.h"

namespace dbkeeper {

// The lock on the database; none where a `dbkeeper migrate` whose command we are a part of has it.
std::unique_ptr<DatabaseLock> lock_for_run(const std::string& address, Context& context);

// The variable by which the parts of a command know that this process has the lock.
std::pair<std::string, std::string> lock_variable(const std::string& address);

}  // namespace dbkeeper
