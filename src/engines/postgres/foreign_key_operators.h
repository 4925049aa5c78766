// How foreign keys compare.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/equality.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Of the last column of a PERIOD key (PostgreSQL 18): parents that it holds for cover the child's
// period together, none of them alone.
inline constexpr std::string_view kOverlaps = "OPERATOR(pg_catalog.&&)";

// As their triggers do, whatever the search_path; read when first asked for.
class ForeignKeyOperators {
 public:
  explicit ForeignKeyOperators(Session& session) : session_(session) {}

  // Of each of the key's columns, the parent's value on its left, the collation the parent's.
  // Error(failed) if the table has no such key.
  const std::vector<Equality>& equalities(const Table& table, const ForeignKey& key);

  // Whether it is a PERIOD key. Errors as above.
  bool is_period(const Table& table, const ForeignKey& key) {
    return equalities(table, key).back().operation == kOverlaps;
  }

  // p."id" OPERATOR(pg_catalog.=) <child> AND …, where `child` holds an expression for each of the
  // key's columns. Errors as above.
  std::string match(const Table& table, const ForeignKey& key, std::string_view parent_alias,
                    const std::vector<std::string>& child);

 private:
  Session& session_;
  std::optional<std::map<std::pair<TableName, std::string>, std::vector<Equality>>> all_;
};

}  // namespace dbkeeper::postgres
