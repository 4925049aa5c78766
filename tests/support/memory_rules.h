// What has to hold between the rows of a memory database.
#pragma once

#include <vector>

#include "dbkeeper/base/error.h"
#include "support/memory_engine.h"

namespace dbkeeper::testing {

// Error(failed) if there is no such table or it can't be read.
const std::vector<MemoryRow>& rows_of(const MemoryState& state, const TableName& name);

// What rows refer to although it isn't there.
std::vector<MemoryRow> orphans_of(const MemoryState& state, const Table& table,
                                  const ForeignKey& key);

// Every rule that is broken now: NOT NULL, primary keys, unique keys, foreign keys. Rows that were
// without their parent before don't count.
std::vector<Error> broken_rules(const MemoryState& before, const MemoryState& now);

}  // namespace dbkeeper::testing
