// How foreign keys compare.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// As their triggers do, whatever the search_path; read when first asked for.
class ForeignKeyOperators {
 public:
  explicit ForeignKeyOperators(Session& session) : session_(session) {}

  // p."id" OPERATOR(pg_catalog.=) <child> AND …, where `child` holds an expression for each of the
  // key's columns. Error(failed) if the table has no such key.
  std::string match(const Table& table, const ForeignKey& key, std::string_view parent_alias,
                    const std::vector<std::string>& child);

 private:
  struct Comparison {
    std::string operation;
    std::string collation;  // with " COLLATE ", or empty
  };
  const std::vector<Comparison>& comparisons(const Table& table, const ForeignKey& key);

  Session& session_;
  std::optional<std::map<std::pair<TableName, std::string>, std::vector<Comparison>>> all_;
};

}  // namespace dbkeeper::postgres
