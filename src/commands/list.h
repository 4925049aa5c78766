// `dbkeeper list`: the backups in the folder, and what is known of each.
#pragma once

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper::list_command {

struct Options {};

void add_options(CLI::App& app, Options& options);
Outcome run(const Options& options, Context& context);

}  // namespace dbkeeper::list_command

namespace dbkeeper {

// A backup of the folder as reports have it.
Value value_of(const FolderBackup& backup);

// "verified", "restored and compared 3 days ago in 41 s", "not verified", "unreadable".
std::string proof_text(const FolderBackup& backup, Moment now);

// "2026-01-02 03:04:05".
std::string shown_time(Moment time);

}  // namespace dbkeeper
