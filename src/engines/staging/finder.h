// Finds the rows of the file in the database.
#pragma once

#include <vector>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Fills found() and the links by identity of the tables of one group. Requires: the groups before
// it are done. Error(conflict) with the rows' names where it can't be told which row is meant.
void find_group(Workspace& work, const std::vector<std::size_t>& group);

}  // namespace dbkeeper::staging
