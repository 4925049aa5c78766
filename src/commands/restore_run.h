// A restore, once it is settled what comes from where: the safety backup, the record, and the
// database itself.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/new_backup.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper {

struct RestoreWish {
  std::string to;  // the address; empty: the one that --db names
  RestoreOptions how = {};
  bool safety_backup = true;                             // of what is written over
  std::string command = "restore";                       // as the record calls it
  std::function<void(const RestoreTarget&)> agree = {};  // throws where the user doesn't
};

struct RestoreDone {
  std::string file;       // that it came from, or the name under which the database had stood
  bool put_back = false;  // the latter: nothing was written, and nothing counted
  BackupDescription description;
  RestorePlace place;
  RestoreReport report;
  std::optional<NewBackup> safety;
  std::string undo;  // the command that takes it back; empty if nothing does
  double seconds = 0;
};

// Restores an archive, its checksums proven. What it did is recorded in --dir. Requires: the
// database is locked (engines/lock.h).
RestoreDone run_restore(const BackupArchive& archive, const RestoreWish& wish, Context& context);

// The database that an earlier restore put aside gets its name back, without a word of a question.
// Nothing if it isn't there any more. Requires: as above.
std::optional<RestoreDone> run_put_back(const std::string& aside, const RestoreWish& wish,
                                        Context& context);

}  // namespace dbkeeper
