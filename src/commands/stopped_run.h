// A destructive run of which nobody knows how it ended: it was killed, or lost its server.
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/run_record.h"

namespace dbkeeper {

// False where it is sure that the run has changed nothing: it was stopped before it did, which the
// engine tells by the run's mark, or the database is what the run's copy is of. Reads all of the
// database, if need be. Requires: the database is locked, so that nobody is at it still.
bool may_have_changed(const DestructiveRun& run, const std::string& address, Context& context);

}  // namespace dbkeeper
