// The history tables of migration tools: which tool keeps one, and the version that it stands at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/engines/database.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// The tool whose history this table is ("alembic"), empty for any other table. Told by the table's
// name and columns: an application's own `migrations` table is not taken for TypeORM's.
std::string history_tool(const Schema& schema, const Table& table);

struct MigrationState {
  std::string tool;
  TableName table;
  std::string version;  // empty before the first migration
  std::string failed;   // a migration that began and did not finish, else empty
};

// Where each migration tool found in the schema stands. Requires: the schema is this snapshot's.
std::vector<MigrationState> migration_states(Snapshot& snapshot, const Schema& schema);
// The first of them that has got anywhere: what files say of the schema that they are of.
std::optional<MigrationState> schema_version(Snapshot& snapshot, const Schema& schema);

}  // namespace dbkeeper
