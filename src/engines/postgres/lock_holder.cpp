#include "engines/postgres/lock_holder.h"

#include <fmt/format.h>

#include <optional>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/lock_room.h"

namespace dbkeeper::postgres {
namespace {

struct Holder {
  TableName table;
  std::string who;
};

TableName table_of(const pqxx::row& row) {
  return {row["nspname"].c_str(), row["relname"].c_str()};
}

Holder holder_in(const pqxx::row& row) {
  const std::string name = row["application_name"].c_str();
  const std::string user = row["usename"].c_str();
  const std::string since = row["since"].c_str();  // hidden from roles without the right to see it
  return {table_of(row), fmt::format("process {} ({}, user {}){}", row["pid"].c_str(),
                                     name.empty() ? "unnamed" : name, user.empty() ? "?" : user,
                                     since.empty() ? "" : ", in a transaction since " + since)};
}

std::optional<Holder> holder_of(const std::vector<TableName>& tables, Session& session) {
  const pqxx::result rows = session.query(sql::kLockHolders);
  for (const TableName& table : tables)
    for (const auto& row : rows)
      if (table_of(row) == table) return holder_in(row);
  if (tables.empty() && !rows.empty() && rows[0]["keeps_readers_out"].c_str()[0] == 't')
    return holder_in(rows[0]);
  return std::nullopt;
}

}  // namespace

Error with_lock_holder(Error error, const TableName& table, Sessions& sessions) noexcept {
  return with_lock_holder(std::move(error), std::vector{table}, sessions);
}

Error with_lock_holder(Error error, const std::vector<TableName>& tables,
                       Sessions& sessions) noexcept {
  if (error.kind() != ErrorKind::refused && error.hint() != kNoLockLeft) return error;
  try {
    auto session = sessions.take();
    if (error.kind() != ErrorKind::refused) return with_lock_room(error, *session);
    const auto holder = holder_of(tables, *session);
    sessions.give_back(std::move(session));
    if (!holder) return error;
    const std::string name = display(holder->table, "public");
    return Error(ErrorKind::refused, fmt::format("table {} is locked by {}", name, holder->who))
        .table(name)
        .hint("try again when it is done, or with a longer --lock-timeout");
  } catch (const std::exception&) {
    return error;
  }
}

}  // namespace dbkeeper::postgres
