// What users write behind --where: SQL about the columns of one table.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

class Conditions {
 public:
  // Requires: the session is in a transaction, and outlives this.
  explicit Conditions(const Loan& session) : session_(session) {}

  // Error(usage) unless `condition` is one, and nothing but one: it may stand between "WHERE (\n"
  // and "\n)" afterwards. It is parsed, not run, and only the first time.
  void check(const Table& table, const std::string& condition);

  // The statement, run where names in conditions mean what they mean to the role itself: functions
  // and operators of extensions, other tables.
  std::string in_users_path(const std::string& statement);

 private:
  const std::string& path();

  const Loan& session_;
  std::string path_;
  std::set<std::pair<TableName, std::string>> checked_;
};

}  // namespace dbkeeper::postgres
