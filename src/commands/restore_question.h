// What a user is asked before a database is replaced.
#pragma once

#include <functional>
#include <string>

#include "commands/restore.h"
#include "dbkeeper/engines/backup.h"
#include "dbkeeper/formats/backup.h"

namespace dbkeeper::restore_command {

// Asks, or fails where there can be no answer; a database that isn't there needs none.
void ask(const Options& options, Context& context, const RestorePlace& place,
         const std::function<std::string()>& question);

// Asks whether the backup is to take the place of what is there, which stand side by side in the
// question: whose, how old, how many rows. Of another application's backup --yes isn't enough.
void ask_to_restore(const BackupArchive& archive, const Options& options, Context& context,
                    const RestoreTarget& target);
void ask_to_undo(const std::string& what, const std::string& from, const Options& options,
                 Context& context, const RestoreTarget& target);

std::string undo_question(const std::string& what, const std::string& from,
                          const RestorePlace& place, bool keeps_old);

// How a restore is to be done, as the options say.
RestoreOptions way_of(const Options& options, const Context& context);

}  // namespace dbkeeper::restore_command
