#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/conninfo.h"
#include "engines/postgres/maintenance.h"
#include "engines/postgres/postgres.h"
#include "engines/postgres/restore_beside.h"
#include "engines/postgres/restore_in_place.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {
namespace {

// An extension that only stays where it is; empty if there is none, or the database is so damaged
// that it can't be asked.
std::string unmakeable_extension(const Conninfo& conninfo, const OpenOptions& options) {
  try {
    Session session(conninfo, options);
    const auto rows = session.query(sql::kUnmakeableExtensions);
    return rows.empty() ? std::string() : rows[0][0].c_str();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    return {};
  }
}

// Why no new database can be built that takes the old one's place; empty if one can, or if there is
// none to restore within.
std::string why_in_place(Maintenance* maintenance, const Conninfo& conninfo,
                         const OpenOptions& options) {
  const std::string& database = *conninfo.find("dbname");
  if (!maintenance) return "this role may connect to neither postgres nor template1";
  if (!maintenance->exists(database)) return {};
  if (!maintenance->may_create_databases()) return "this role may not create databases";
  if (!maintenance->may_rename(database)) return "this role doesn't own it";
  const std::string extension = unmakeable_extension(conninfo, options);
  if (extension.empty()) return {};
  return fmt::format("this role could not make its extension {} in a new one", extension);
}

}  // namespace

std::string database_name(const std::string& address) {
  const Conninfo conninfo = parse_conninfo(address);
  const std::string* name = conninfo.find("dbname");
  return name ? *name : std::string();
}

std::unique_ptr<RestoreTarget> begin_restore(const std::string& address,
                                             const BackupDescription& description,
                                             const RestoreOptions& restore,
                                             const OpenOptions& options) {
  const Conninfo conninfo = with_database(parse_conninfo(address), options);
  const std::string& name = *conninfo.find("dbname");
  auto maintenance = Maintenance::connect(conninfo, options, name);
  if (restore.in_place && maintenance && !maintenance->exists(name))
    throw Error(ErrorKind::usage,
                fmt::format("there is no database '{}' to restore in place", name))
        .hint("leave --in-place out: the database is created");
  const std::string why =
      restore.in_place ? "" : why_in_place(maintenance.get(), conninfo, options);
  if (!why.empty())
    options.reporter->info(fmt::format("restoring within the database '{}': {}", name, why));
  if (restore.in_place || !why.empty())
    return restore_in_place(conninfo, description, restore, options);
  return restore_beside(std::move(maintenance), conninfo, description, restore, options);
}

}  // namespace dbkeeper::postgres
