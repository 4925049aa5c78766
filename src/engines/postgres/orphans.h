// Rows whose foreign key leads nowhere.
#pragma once

#include "dbkeeper/engines/database.h"
#include "engines/postgres/foreign_key_operators.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class OrphanFinder {
 public:
  OrphanFinder(Session& session, ForeignKeyOperators& operators)
      : session_(session), operators_(operators) {}

  // Requires: as Snapshot::orphans. `references_partitioned`: the parent's rows are in partitions.
  Orphans find(const Table& table, const ForeignKey& key, bool references_partitioned);

 private:
  Session& session_;
  ForeignKeyOperators& operators_;
};

}  // namespace dbkeeper::postgres
