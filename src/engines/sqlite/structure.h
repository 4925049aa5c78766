// What a file holds beside the rows that a backup's manifest tells of: as digests, which the
// manifest keeps, and compared (engines/structure.h).
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/structure.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// `objects`: of each table, index, view and trigger its statement's digest; `other_rows`: of each
// table that `schema` doesn't count among those with rows of their own, a virtual table's shadows,
// the digest of what stands in it. Adds them to the database's properties.
void add_structure(Connection& connection, const Schema& schema, Value& properties);

std::vector<std::string> structure_changes(const Structure& before, const Structure& now,
                                           std::size_t most);

}  // namespace dbkeeper::sqlite
