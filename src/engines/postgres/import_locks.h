// The locks of an import, and what is seen to once nothing can change any more.
#pragma once

#include "dbkeeper/engines/import.h"
#include "engines/postgres/write_transaction.h"

namespace dbkeeper::postgres {

// Locks the plan's tables, in the order of their names so that two imports don't wait for each
// other: those that are written against other writers, those that are emptied also against new rows
// that refer to theirs, those that are looked up against changes if this role may do that.
// Error(refused) with the holder; Error(failed) if a definition isn't the plan's any more, a
// table refers to one that is emptied and the plan doesn't know it, or row-level security would
// hide rows. Requires: the search_path is pg_catalog alone.
void lock_for_import(WriteTransaction& session, const ImportPlan& plan);

}  // namespace dbkeeper::postgres
