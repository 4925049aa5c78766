#include "engines/postgres/partitions.h"

#include "dbkeeper_postgres_sql.h"

namespace dbkeeper::postgres {
namespace {

TableKind kind_of(char relkind) {
  if (relkind == 'p') return TableKind::partitioned;
  return relkind == 'f' ? TableKind::foreign : TableKind::partition;
}

}  // namespace

const std::vector<Partition>& Partitions::below(const TableName& table) {
  if (!below_) {
    below_.emplace();
    for (const auto& row : session_.query(sql::kPartitions))
      (*below_)[{row["top_schema"].c_str(), row["top_name"].c_str()}].push_back(
          {{row["nspname"].c_str(), row["relname"].c_str()},
           kind_of(row["relkind"].c_str()[0]),
           row["readable"].c_str()[0] == 't'});
  }
  static const std::vector<Partition> kNone;
  const auto at = below_->find(table);
  return at == below_->end() ? kNone : at->second;
}

}  // namespace dbkeeper::postgres
