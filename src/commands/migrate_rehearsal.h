// The migration command tried on a copy of the database first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/migrate_child.h"
#include "dbkeeper/core/migration_effect.h"

namespace dbkeeper {

struct RehearsalCall {
  std::vector<std::string> words;
  std::string address;          // of the live database
  const BackupArchive& backup;  // of it
  const Look& before;           // at it
  const EffectOptions& effect;
  std::optional<std::chrono::milliseconds> timeout;
  Strictness strict = Strictness::none;
};

struct Rehearsal {
  std::optional<MigrateChild> child;  // none: it wasn't run at all
  Effect effect;                      // on the scratch database
  std::vector<std::string> found;     // variables that named the live database
  std::optional<Effect> live;         // on the live database; some of it may be others' work
  bool live_touched = false;          // by the command, as far as can be told
  std::optional<Error> problem;       // why the live database isn't to be migrated
};

// Error(usage), before anything is run, where the command would work on the live database for all
// that is known.
void require_way_to_copy(const std::vector<std::string>& words, const std::string& address,
                         Context& context);

// Restores the backup into a scratch database, runs the command with every way to name the live
// database led there, and looks at both. `after` is a context that a stop of the command doesn't
// stop: what comes after it has to be found out.
Rehearsal rehearse(const RehearsalCall& call, Context& context, Context& after);

}  // namespace dbkeeper
