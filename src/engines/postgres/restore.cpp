#include <fmt/format.h>

#include "engines/postgres/conninfo.h"
#include "engines/postgres/maintenance.h"
#include "engines/postgres/postgres.h"
#include "engines/postgres/restore_beside.h"

namespace dbkeeper::postgres {
namespace {

// An address may leave the database's name to the environment: the server knows it.
Conninfo with_database(Conninfo conninfo, const OpenOptions& options) {
  if (conninfo.find("dbname")) return conninfo;
  const Session session(conninfo, options);
  conninfo.set("dbname", session.target().database);
  return conninfo;
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
  auto maintenance = Maintenance::connect(conninfo, options, *conninfo.find("dbname"));
  if (!maintenance)
    throw Error(ErrorKind::connection,
                "a restore takes a session of the database postgres or template1 of the same "
                "server, and this role may connect to neither");
  return restore_beside(std::move(maintenance), conninfo, description, restore, options);
}

}  // namespace dbkeeper::postgres
