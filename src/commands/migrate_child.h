// The migration command as a child: run with our terminal, watched on the server.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/base/foreground.h"
#include "dbkeeper/commands/command.h"
#include "dbkeeper/engines/redirect.h"
#include "dbkeeper/engines/session_watch.h"

namespace dbkeeper {

struct MigrateCall {
  std::vector<std::string> words;
  Variables set;
  std::vector<std::string> unset;
  std::string address;  // of the database that its sessions are watched on
  std::optional<std::chrono::milliseconds> timeout;
};

struct MigrateChild {
  ForegroundEnd end;
  SessionReport sessions;
};

// Runs it to its end. Whoever is in its way on the server is told while it waits. Its stdout goes
// to ours, or to our stderr with --json. Throws only if it could not be started.
MigrateChild run_child(const MigrateCall& call, Context& context);

// "ended with status 3", "was killed by signal 9", "took longer than --timeout allows and was
// ended"
std::string end_in_words(const MigrateChild& child);

// The variables that a rehearsal's command has, for the live database, where the environment has
// none of them: what worked in the rehearsal finds its database here too.
Variables absent_variables(const std::string& address, const Variables& environment);

// The name of the database that `text` names if that isn't the one at the address, by no way that
// is known; else, or if it names none, empty.
std::string other_database(const std::string& text, const std::string& address);

}  // namespace dbkeeper
