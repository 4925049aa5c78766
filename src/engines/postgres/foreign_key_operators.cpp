#include "engines/postgres/foreign_key_operators.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {

const std::vector<Equality>& ForeignKeyOperators::equalities(const Table& table,
                                                             const ForeignKey& key) {
  if (!all_) {
    all_.emplace();
    for (const auto& row : session_.query(sql::kForeignKeyOperators))
      (*all_)[{{row["nspname"].c_str(), row["relname"].c_str()}, row["conname"].c_str()}].push_back(
          {row["operator"].c_str(), row["collation"].c_str()});
  }
  const auto at = all_->find({table.name, key.name});
  if (at == all_->end() || at->second.size() != key.columns.size())
    throw Error(ErrorKind::failed, fmt::format("the foreign key {} is not there", key.name))
        .table(display(table.name, "public"));
  return at->second;
}

std::string ForeignKeyOperators::match(const Table& table, const ForeignKey& key,
                                       std::string_view parent_alias,
                                       const std::vector<std::string>& child) {
  const std::vector<Equality>& how = equalities(table, key);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < key.columns.size(); ++i)
    out.push_back(fmt::format("{}{} {} {}", QuotedName::of(parent_alias, key.to[i]).sql(),
                              how[i].collation, how[i].operation, child[i]));
  return join(out, " AND ");
}

}  // namespace dbkeeper::postgres
