// How PostgreSQL tells whether a run that was stopped has happened: engines/run_mark.h.
#pragma once

#include <optional>
#include <string>

#include "engines/postgres/postgres.h"

namespace dbkeeper::postgres {

class Session;

// Of a database that is about to give its name away.
std::string mark_of_database(const std::string& number);
// Of the session's transaction, which is open.
std::string mark_of_transaction(Session& session);

std::optional<bool> has_happened(const std::string& mark, const std::string& address,
                                 const OpenOptions& options);

}  // namespace dbkeeper::postgres
