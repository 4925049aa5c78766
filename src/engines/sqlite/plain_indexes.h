// Indexes that no constraint needs, off while many rows come in: built at once they cost less.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

class PlainIndexes {
 public:
  // Within one transaction of the connection, which outlives this.
  explicit PlainIndexes(Connection& connection) : connection_(connection) {}

  // Drops those of the tables: their names, "table.index". What ANALYZE has found out about them
  // is kept.
  std::vector<std::string> take_off(const std::vector<const Table*>& tables);
  // Makes them again, by the very text that they were made with.
  void put_back();

 private:
  void save_statistics();
  std::vector<std::string> statistics_tables();

  Connection& connection_;
  std::vector<std::string> texts_;
  bool saved_ = false;  // statistics
};

}  // namespace dbkeeper::sqlite
