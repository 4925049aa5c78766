// What a migration came to, as text and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/migrate_child.h"
#include "commands/migrate_rehearsal.h"
#include "dbkeeper/core/migration_effect.h"

namespace dbkeeper {

struct MigrateReport {
  std::vector<std::string> words;     // of the command, as they may be shown
  bool needed = true;                 // false: --unless says that there is nothing to do
  std::string backup;                 // that stays; empty: none
  std::string undo;                   // the one command that takes it back; empty: nothing to undo
  std::optional<Look> before;         // at the live database, as all that follows
  std::optional<MigrateChild> child;  // none: it wasn't run
  std::optional<Effect> effect;
  bool restored = false;
  std::string newer;  // where what a restore replaced is
  std::optional<Rehearsal> rehearsal;
};

Value value_of(const MigrateReport& report);
std::string text_of(const MigrateReport& report);

}  // namespace dbkeeper
