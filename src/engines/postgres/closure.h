// The rows of a selection's set as one statement, whatever sets it takes to find them: no temporary
// tables, so that it works in a transaction that only reads, on a standby, over any connection.
#pragma once

#include "dbkeeper/model/selection.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/foreign_key_operators.h"
#include "engines/postgres/partitions.h"

namespace dbkeeper::postgres {

// Its columns are those of the set's table.
// Requires: the conditions have been checked; no circle of sets leads through a `without`.
RowQuery closure(const Selection& selection, std::size_t set, ForeignKeyOperators& operators,
                 Partitions& partitions);

}  // namespace dbkeeper::postgres
