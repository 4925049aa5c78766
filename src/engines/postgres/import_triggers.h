// User triggers, off for the time of an import.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/import.h"
#include "engines/postgres/partitions.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class ImportTriggers {
 public:
  // Requires: the session is in a transaction and outlives this, as do the partitions.
  ImportTriggers(Session& session, Partitions& partitions)
      : session_(session), partitions_(partitions) {}

  // As Dialect::switch_triggers_off; Error(failed) that names all the tables whose owner has to do
  // that. Triggers on partitions are switched too, copies of their table's don't count in the
  // names. Requires: the tables are locked.
  std::vector<std::string> off(const ImportPlan& plan);

  // Each back into the state that it had. Constraints that are still deferred are checked now.
  void on();

 private:
  struct State {
    TableName table;
    std::string name;
    char enabled;  // pg_trigger.tgenabled
    bool copied;
    bool owned;  // this role may switch it

    bool operator==(const State&) const = default;
  };

  std::vector<TableName> tables_of(const ImportPlan& plan);
  std::vector<State> look();
  void alter(const State& trigger, const char* verb);

  Session& session_;
  Partitions& partitions_;
  std::vector<TableName> tables_;
  std::vector<State> before_;
};

}  // namespace dbkeeper::postgres
