#include "engines/postgres/users_path.h"

#include <fmt/format.h>

#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {

std::string users_path(Session& session) {
  return session.value("SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'");
}

std::string users_path(Session& session, const Conninfo& conninfo) {
  std::string out = users_path(session);
  for (const auto& [name, value] : conninfo.settings)
    if (name == "search_path") out = value;
  if (!conninfo.limited_to_schema.empty())
    out = QuotedName(std::string_view(conninfo.limited_to_schema)).sql() +
          (out.empty() ? "" : ", " + out);
  return out.empty() ? "pg_catalog" : out;
}

void use_path(Session& session, const std::string& path) {
  session.command(
      fmt::format("SELECT pg_catalog.set_config('search_path', {}, false)", literal(path)));
}

std::string set_path_sql(const std::string& path) {
  return fmt::format("SELECT pg_catalog.set_config('search_path', {}, true)", literal(path));
}

}  // namespace dbkeeper::postgres
