#include "engines/postgres/system_identifier.h"

namespace dbkeeper::postgres {

std::string system_identifier(Session& session) {
  const std::string allowed = session.value(
      "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')");
  if (allowed != "t") return {};
  try {
    return session.value("SELECT system_identifier FROM pg_catalog.pg_control_system()");
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session.alive()) throw;
    return {};
  }
}

}  // namespace dbkeeper::postgres
