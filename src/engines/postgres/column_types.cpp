#include "engines/postgres/column_types.h"

#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"

namespace dbkeeper::postgres {

ColumnTypes::ColumnTypes(Session& session) {
  for (const auto& row : session.query(sql::kColumnTypes))
    names_[static_cast<std::uint32_t>(std::strtoul(row["oid"].c_str(), nullptr, 10))] =
        row["name"].c_str();
  for (const auto& row : session.query(sql::kNotNullDomains))
    not_null_.insert({{row["nspname"].c_str(), row["relname"].c_str()}, row["attname"].c_str()});
}

const std::string& ColumnTypes::base(const Column& column) const {
  const auto at = names_.find(column.type.engine_id);
  if (at != names_.end()) return at->second;
  throw Error(ErrorKind::failed,
              fmt::format("the type {} of column {} was changed meanwhile: try again",
                          column.type.name, column.name));
}

std::string ColumnTypes::without_domain(const Column& column, const std::string& value) const {
  return column.type.domain.empty() ? value : fmt::format("({})::{}", value, base(column));
}

bool ColumnTypes::takes_null(const Table& table, const Column& column) const {
  return !not_null_.count({table.name, column.name});
}

}  // namespace dbkeeper::postgres
