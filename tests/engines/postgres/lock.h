// A session of somebody else's that holds a lock on a table.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "support/scratch.h"

namespace dbkeeper::testing {

using OtherSession = std::unique_ptr<PGconn, decltype(&PQfinish)>;

// Holds it until destroyed.
inline OtherSession hold_lock(const ScratchPostgres& database, const std::string& table,
                              const std::string& application = "somebody") {
  OtherSession session(PQconnectdb((database.url() + "?application_name=" + application).c_str()),
                       PQfinish);
  PGresult* const result =
      PQexec(session.get(), ("BEGIN; LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE").c_str());
  const bool held = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  if (!held) throw std::runtime_error(PQerrorMessage(session.get()));
  return session;
}

}  // namespace dbkeeper::testing
