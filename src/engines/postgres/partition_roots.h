// The partitioned tables at the top of partitions.
#pragma once

#include <map>

#include "dbkeeper/model/name.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct PartitionRoot {
  TableName table;
  bool by_number;  // a row's partition is another in another database: load it through the root
};

// By partition, however deep.
std::map<TableName, PartitionRoot> partition_roots(Session& session);

}  // namespace dbkeeper::postgres
