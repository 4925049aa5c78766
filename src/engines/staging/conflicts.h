// Where it can't be told which row is meant.
#pragma once

#include <cstddef>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Error(conflict) that names both rows: keys that lead to different rows of the database, rows of
// the file that claim the same one, rows of the file that a key can't tell apart.
void refuse_conflicts(const Workspace& work, std::size_t table);

// Error(conflict) if rows of the file have the same primary key, or the same value where a foreign
// key leads to it. Requires: nothing but the stages.
void refuse_doubles(const Workspace& work, std::size_t table);

}  // namespace dbkeeper::staging
