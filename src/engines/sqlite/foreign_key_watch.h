// That a change leaves no row without its parent that had one before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "dbkeeper/base/error.h"
#include "dbkeeper/model/schema.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

class ForeignKeyWatch {
 public:
  // Lifetime: within the connection's, and within one transaction.
  explicit ForeignKeyWatch(Connection& connection) : connection_(connection) {}

  // Before the first write to a table, whose rows all go if it is `emptied`. Error(conflict) if
  // SQLite would refuse every one.
  void watch(const Table& table, bool emptied = false);
  // What is wrong if a row of a watched table lacks a parent; a table without one is watched no
  // longer.
  std::optional<Error> broken(const Table& table);
  // After the last: Error(conflict) that names a row without a parent.
  void check();

 private:
  void remember_orphans(const Table& table);
  std::optional<Error> orphan_of(const Table& table);
  std::string values_of(const Table& table, const ForeignKey& key, std::int64_t row);

  Connection& connection_;
  std::map<TableName, Table> written_;  // those with foreign keys
};

}  // namespace dbkeeper::sqlite
