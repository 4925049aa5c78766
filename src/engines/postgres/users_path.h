// The search_path in which names mean what they mean to the role and its applications.
#pragma once

#include <string>

#include "engines/postgres/conninfo.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// The role's own in this database.
std::string users_path(Session& session);
// With what the address says of it.
std::string users_path(Session& session, const Conninfo& conninfo);

// Sets a path for the rest of the session, or as long as the transaction, if it is taken back.
void use_path(Session& session, const std::string& path);

// The statement that sets it for the rest of the transaction.
std::string set_path_sql(const std::string& path);

// Under it every name that the catalog gives comes out qualified, but for pg_catalog's.
inline constexpr const char* kOwnPath = "SET LOCAL search_path = pg_catalog";

}  // namespace dbkeeper::postgres
