#include "engines/postgres/backup_tables.h"

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {

std::vector<CopiedTable> copied_tables(Session& session) {
  std::vector<CopiedTable> out;
  for (const auto& row : session.query(sql::kBackupTables)) {
    TableName name{row["nspname"].c_str(), row["relname"].c_str()};
    if (out.empty() || out.back().name != name)
      out.push_back({std::move(name), {}, true, row["condition"].c_str()});
    if (row["attname"].is_null()) continue;
    out.back().columns.emplace_back(row["attname"].c_str());
    if (row["stable"].c_str()[0] != 't') out.back().binary = false;
  }
  return out;
}

std::string copied_columns(const TableName& table, const std::vector<std::string>& columns) {
  std::string out = QuotedName(table).sql();
  if (!columns.empty()) out += " (" + QuotedName::list(columns).sql() + ")";
  return out;
}

}  // namespace dbkeeper::postgres
