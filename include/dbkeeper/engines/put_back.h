// What a restore put aside, back in its place.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper {

// The database `aside`, which is the old one of an earlier restore, takes the name of the one that
// the address names; what has that name now is put aside in turn. There are no streams to write:
// check(), then commit(). Null where the engine puts nothing aside that could come back so, or
// there is no such database any more. Requires: as for begin_restore().
std::unique_ptr<RestoreTarget> begin_put_back(const std::string& address, const std::string& aside,
                                              const RestoreOptions& restore,
                                              const OpenOptions& options);

}  // namespace dbkeeper
