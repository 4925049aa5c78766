// Who is in the way when a lock isn't got in time.
#pragma once

#include <vector>

#include "dbkeeper/model/name.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

// `error` with the holder of the table's lock in its message, if it is about a lock and the holder
// can be found, over another session; else as it is.
Error with_lock_holder(Error error, const TableName& table, Sessions& sessions) noexcept;

// The same of whichever of several tables it is that somebody has locked, the first one first; of
// whichever nobody can read where there are none to choose from.
Error with_lock_holder(Error error, const std::vector<TableName>& tables,
                       Sessions& sessions) noexcept;

}  // namespace dbkeeper::postgres
