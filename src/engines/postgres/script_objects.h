// What a dump's script makes: the objects by their names, and what it takes to make them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engines/postgres/dump_script.h"

namespace dbkeeper::postgres {

struct ScriptObject {
  std::string type;      // of the entry: "TABLE", "EVENT TRIGGER"
  std::string schema;    // empty for what is in none
  std::string identity;  // as the server identifies it, but that of a routine, whose types are as
                         // the dump writes them: app."Order", app.two(integer)
  const ScriptEntry* entry;  // not null
};

// The entries that make an object which has a name of its own. The entries outlive them.
std::vector<ScriptObject> objects_in(const std::vector<ScriptEntry>& entries);

// Whether a type of the script and one of the server's want a name for themselves alone.
bool share_names(const std::string& script_type, const std::string& server_type);

// How many locks a transaction that runs the entries holds at its end, rather more than less.
std::int64_t locks_to_run(const std::vector<ScriptEntry>& entries);

}  // namespace dbkeeper::postgres
