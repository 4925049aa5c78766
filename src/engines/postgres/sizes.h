// How large the tables are, in bytes and rows.
#pragma once

#include "dbkeeper/model/schema.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Fills in bytes and estimated rows as the planner would estimate them; small tables that were
// never analysed are counted. A table that others hold locked keeps -1: this waits for nobody.
// Requires: in a transaction with the savepoint set.
void measure(Session& session, Schema& schema);

}  // namespace dbkeeper::postgres
