// Finds out whether something sits between us and the server that gives each transaction to another
// server process (PgBouncer's transaction mode and the like). Snapshots, locks and settings don't
// survive that.
#pragma once

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Error(connection) if `first` goes through such a pooler. Costs one round trip if it doesn't.
// Requires: `first` is in no transaction and has no settings of ours, which would leak.
void refuse_transaction_pooler(Session& first, const Conninfo& conninfo,
                               const OpenOptions& options);

}  // namespace dbkeeper::postgres
