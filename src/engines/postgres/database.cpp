#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/backup_source.h"
#include "engines/postgres/conninfo.h"
#include "engines/postgres/import_dialect.h"
#include "engines/postgres/postgres.h"
#include "engines/postgres/sessions.h"
#include "engines/postgres/snapshot.h"
#include "engines/postgres/system_identifier.h"
#include "engines/postgres/transaction.h"
#include "engines/staging/import.h"

namespace dbkeeper::postgres {
namespace {

// "15.8" of "15.8 (Debian 15.8-0+deb12u1)"
std::string plain_version(const std::string& version) {
  return version.substr(0, version.find(' '));
}

// The cluster's own number and the database's in it.
std::optional<std::string> source_id(const std::string& server, const pqxx::row& facts) {
  if (!facts["source_id"].is_null()) return facts["source_id"].c_str();
  if (server.empty()) return std::nullopt;
  return server + "-" + facts["oid"].c_str();
}

class PostgresDatabase : public Database {
 public:
  PostgresDatabase(const Conninfo& conninfo, const OpenOptions& options)
      : sessions_(std::make_shared<Sessions>(conninfo, options)) {}

  const Capabilities& capabilities() const override { return capabilities_; }

  DatabaseInfo info() override {
    const Loan session(sessions_);
    const pqxx::result facts = session->query(sql::kInfo);
    DatabaseInfo out;
    out.engine = "postgresql";
    out.server_version = plain_version(facts[0]["version"].c_str());
    out.name = facts[0]["name"].c_str();
    out.location = session->target().place();
    out.user = facts[0]["user"].c_str();
    out.bytes = std::stoll(facts[0]["bytes"].c_str());
    out.server = system_identifier(*session);
    out.source_id = source_id(out.server, facts[0]);
    out.limited_to_schema = sessions_->conninfo().limited_to_schema;
    return out;
  }

  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<PostgresSnapshot>(sessions_);
  }

  std::unique_ptr<Transaction> begin() override {
    return std::make_unique<PostgresTransaction>(sessions_);
  }

  std::unique_ptr<Import> begin_import() override {
    return staging::begin_import(std::make_unique<ImportDialect>(sessions_));
  }

  std::unique_ptr<BackupSource> begin_backup(const BackupOptions& options) override {
    return postgres::begin_backup(sessions_, info(), options);
  }

 private:
  const Capabilities capabilities_{.schemas = true, .sequences = true, .parallel_readers = true};
  std::shared_ptr<Sessions> sessions_;
};

}  // namespace

std::unique_ptr<Database> open(const std::string& address, const OpenOptions& options) {
  const Conninfo conninfo = parse_conninfo(address);
  for (const std::string& key : conninfo.dropped)
    options.reporter->debug(fmt::format("'{}' in the database address is not for libpq", key));
  return std::make_unique<PostgresDatabase>(conninfo, options);
}

}  // namespace dbkeeper::postgres
