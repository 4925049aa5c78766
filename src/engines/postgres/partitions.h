// What lies below the partitioned tables.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct Partition {
  TableName name;
  TableKind kind = TableKind::partition;  // or partitioned again, or foreign
  bool readable = true;                   // by itself, not only through the table above
};

// As of the session's transaction; read when it is first asked for.
class Partitions {
 public:
  explicit Partitions(Session& session) : session_(session) {}

  // All below the table, by name; nothing if it isn't partitioned.
  const std::vector<Partition>& below(const TableName& table);

 private:
  Session& session_;
  std::optional<std::map<TableName, std::vector<Partition>>> below_;
};

}  // namespace dbkeeper::postgres
