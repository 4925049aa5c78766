// Schemas as values for reports: the JSON form of what inspect and its kin have found.
#pragma once

#include "dbkeeper/base/value.h"
#include "dbkeeper/core/inspect.h"

namespace dbkeeper {

Value value_of(const DatabaseInfo& database);
Value value_of(const Key& key);
Value value_of(const Schema& schema, const ForeignKey& key);
Value value_of(const Schema& schema, const MigrationState& state);
Value value_of(const Schema& schema, const Finding& finding);
// Everything inspect knows: what `inspect --format json` prints.
Value value_of(const Inspection& inspection);

}  // namespace dbkeeper
