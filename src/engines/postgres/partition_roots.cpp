#include "engines/postgres/partition_roots.h"

#include "dbkeeper_postgres_sql.h"

namespace dbkeeper::postgres {

std::map<TableName, PartitionRoot> partition_roots(Session& session) {
  std::map<TableName, PartitionRoot> out;
  for (const auto& row : session.query(sql::kPartitionRoots))
    out[{row["partition_schema"].c_str(), row["partition_name"].c_str()}] = {
        {row["root_schema"].c_str(), row["root_name"].c_str()}, row["by_number"].c_str()[0] == 't'};
  return out;
}

}  // namespace dbkeeper::postgres
