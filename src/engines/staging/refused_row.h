// Which row of the file it is that the database refused, of those that one statement writes.
#pragma once

#include <cstddef>

#include "dbkeeper/base/error.h"
#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// The error with the row's key in message and key(), if it is found. Requires: the database has
// just refused `write` with it, whose SQL ends with conditions on rows() of the table as v.
Error with_refused_row(const Error& error, const Workspace& work, std::size_t table,
                       const Write& write);

}  // namespace dbkeeper::staging
