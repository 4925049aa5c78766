// Where the references of the file's rows lead, as SQL.
#pragma once

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Fills the table's links() anew, from what has been found so far.
void resolve_by_identity(Workspace& work, std::size_t table);

// Fills the final links of the tables of a group. Requires: every row's place is known, new numbers
// are given; the groups before it are done. Error(conflict) where two links of a row share a column
// and lead to different values of it.
void resolve_finally(Workspace& work, const std::vector<std::size_t>& group);

}  // namespace dbkeeper::staging
