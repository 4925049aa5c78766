// `dbkeeper restore --undo`: the last destructive run of a database taken back.
#pragma once

#include "commands/restore.h"
#include "commands/restore_run.h"

namespace dbkeeper::restore_command {

struct Undone {
  std::string what;  // "restore of 2026-01-02T03:04:05Z"
  // What was done instead: a restore, or, from a copy that is an export, an import.
  std::optional<RestoreDone> restore;
  std::optional<Outcome> import;
};

// Error(failed) where there is nothing to take back, or no copy of what was there before. Requires:
// the database isn't locked by this process.
Undone undo(const Options& options, Context& context);

}  // namespace dbkeeper::restore_command
