// The table in which imports keep which key of a source became which key here.
#pragma once

#include <string>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Its name as SQL; empty if it isn't there.
std::string find_kept_map(Session& session);

// The same, and makes it if it isn't: dbkeeper.id_map, or a table dbkeeper_id_map where this role
// may make no schema. Error(failed) where it may not make a table either.
std::string make_kept_map(Session& session);

}  // namespace dbkeeper::postgres
