// Unique values that rows give to one another in a merge: a list in another order, two that swap.
#pragma once

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Databases look at unique keys row by row. Where rows are to get values that others of them still
// have, those are put out of the way first, under values that nobody has. Requires: the table's
// rows are found and final, and about to be updated.
void park_values(Workspace& work, std::size_t table);

}  // namespace dbkeeper::staging
