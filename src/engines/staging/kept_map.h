// What a later import of the same source can't find out by itself: kept in the database.
#pragma once

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Forgets the entries of tables that are emptied.
void forget_emptied(Dialect& dialect, const ImportPlan& plan);

// Keeps the keys of rows that no natural key can find again and that are inserted under another
// one; where natural keys alone decide, of all rows that none can find. Makes the map only if there
// is something to keep. Requires: the rows' final values are known and not yet written.
void keep_map(Workspace& work);

}  // namespace dbkeeper::staging
