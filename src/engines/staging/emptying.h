// Tables of an import that are emptied first.
#pragma once

#include <cstdint>
#include <map>

#include "engines/staging/dialect.h"

namespace dbkeeper::staging {

// Error(conflict) that names the tables that refer to rows to be removed, though they stay.
void refuse_referrers(Dialect& dialect, const ImportPlan& plan);

bool is_empty(Dialect& dialect, const Table& table);

// Removes the rows of all tables that the plan empties: how many each had.
using RemovedRows = std::map<const Table*, std::int64_t>;
RemovedRows empty_tables(Dialect& dialect, const ImportPlan& plan);

}  // namespace dbkeeper::staging
