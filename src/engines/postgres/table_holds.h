// The locks that keep a snapshot's tables as they are, and what their storage was then.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dbkeeper/model/name.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

class TableHolds {
 public:
  struct Storage {
    std::int64_t pages = 0;
    std::int64_t bytes = 0;  // with what is stored out of line
    bool by_pages = false;   // this role can read ranges of them
  };

  // Requires: the session is in a transaction, and outlives this.
  explicit TableHolds(const Loan& session) : session_(session) {}

  // Locks those that aren't kept yet and makes sure that they have the rows of the transaction's
  // moment: TRUNCATE and rewriting ALTERs throw them away for older snapshots too. Errors as
  // Snapshot::hold. What is locked is lost when the transaction goes back to an earlier savepoint.
  void lock(const std::vector<TableName>& tables);
  // The same, and remembers them. Requires: the savepoint is set anew afterwards.
  void keep(const std::vector<TableName>& tables);

  // Of a table kept, as it was then; else as it is now.
  Storage storage(const TableName& table);
  // How many tables keep() has locked.
  std::int64_t kept() const { return static_cast<std::int64_t>(kept_.size()); }

 private:
  void take_locks(const std::vector<TableName>& tables);
  std::vector<Storage> look_at(const std::vector<TableName>& tables);

  const Loan& session_;
  std::map<TableName, Storage> kept_;
};

}  // namespace dbkeeper::postgres
