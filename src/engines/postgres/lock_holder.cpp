#include "engines/postgres/lock_holder.h"

#include <fmt/format.h>

#include <optional>

#include "dbkeeper_postgres_sql.h"

namespace dbkeeper::postgres {
namespace {

std::optional<std::string> holder_of(const TableName& table, Session& session) {
  for (const auto& row : session.query(sql::kLockHolders)) {
    if (table != TableName{row["nspname"].c_str(), row["relname"].c_str()}) continue;
    return fmt::format("process {} ({}, user {}), in a transaction since {}", row["pid"].c_str(),
                       row["application_name"].size() ? row["application_name"].c_str() : "unnamed",
                       row["usename"].c_str(), row["since"].c_str());
  }
  return std::nullopt;
}

}  // namespace

Error with_lock_holder(Error error, const TableName& table, Sessions& sessions) noexcept {
  if (error.kind() != ErrorKind::refused) return error;
  const std::string name = display(table, "public");
  try {
    auto session = sessions.take();
    const auto holder = holder_of(table, *session);
    sessions.give_back(std::move(session));
    if (!holder) return error;
    return Error(ErrorKind::refused, fmt::format("table {} is locked by {}", name, *holder))
        .table(name)
        .hint("try again when it is done, or with a longer --lock-timeout");
  } catch (const std::exception&) {
    return error;
  }
}

}  // namespace dbkeeper::postgres
