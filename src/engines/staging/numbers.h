// New numbers for rows whose own belongs to another row of the database.
#pragma once

#include <cstddef>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Fills the table's numbers(). Moves its sequence unless the run is a dry one. Error(conflict) if a
// key that the database doesn't number is taken. Requires: all of the rows' places and the dropped
// rows are known.
void give_numbers(Workspace& work, std::size_t table);

// Sees that the database won't give out the numbers of inserted rows again. Before they are
// written.
void keep_numbers(Workspace& work, std::size_t table);

}  // namespace dbkeeper::staging
