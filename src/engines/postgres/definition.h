// Whether a table is still the table that it was.
#pragma once

#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres {

// Whether columns, keys and foreign keys are the same: all that decides which rows a table takes
// and what tells them apart.
bool same_definition(const Table& a, const Table& b);

}  // namespace dbkeeper::postgres
