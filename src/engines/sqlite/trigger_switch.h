// User triggers, off for the time of an import on this connection alone, but for those that keep a
// virtual table's index up to date.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/import.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

class TriggerSwitch {
 public:
  // Lifetime: within the connection's.
  explicit TriggerSwitch(Connection& connection) : connection_(connection) {}

  // Within the transaction. The names of those that are off, "table.trigger".
  std::vector<std::string> off(const ImportPlan& plan);
  // Within the same transaction. Rebuilds the full text indexes that no trigger keeps up to date.
  void on();

 private:
  void drop(const std::string& trigger);
  void rebuild_indexes() const;

  Connection& connection_;
  std::vector<const Table*> written_;
  std::vector<std::string> dropped_;  // their CREATE statements, in order
  bool disabled_ = false;
};

}  // namespace dbkeeper::sqlite
