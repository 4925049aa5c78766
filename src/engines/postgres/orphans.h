// Rows whose foreign key leads nowhere.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class OrphanFinder {
 public:
  explicit OrphanFinder(Session& session) : session_(session) {}

  // Requires: as Snapshot::orphans. `references_partitioned`: the parent's rows are in partitions.
  Orphans find(const Table& table, const ForeignKey& key, bool references_partitioned);

 private:
  struct Comparison {
    std::string operation;
    std::string collation;  // with " COLLATE ", or empty
  };
  const std::vector<Comparison>& comparisons(const Table& table, const ForeignKey& key);

  Session& session_;
  std::map<std::pair<TableName, std::string>, std::vector<Comparison>> comparisons_;
};

}  // namespace dbkeeper::postgres
