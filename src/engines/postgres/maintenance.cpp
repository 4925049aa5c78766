#include "engines/postgres/maintenance.h"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <thread>

#include "dbkeeper/base/text.h"
#include "engines/postgres/advisory_lock.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::chrono::milliseconds kLookAgain{100};
constexpr std::size_t kLongestName = 63;

std::string pattern(const std::string& prefix) {
  std::string out = "^";
  for (const char c : prefix) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') out += '\\';
    out += c;
  }
  return out + "[0-9]{8}T[0-9]{6}Z(-[0-9]+)?$";
}

}  // namespace

Conninfo with_database(Conninfo conninfo, const OpenOptions& options) {
  if (conninfo.find("dbname")) return conninfo;
  const Session session(conninfo, options);
  conninfo.set("dbname", session.target().database);
  return conninfo;
}

std::string stamped_name(const std::string& database, const std::string& word,
                         const std::string& stamp) {
  constexpr std::size_t kLongestStamp = 20;  // 20260102T030405Z-100
  const std::string rest = "_" + word + "_" + stamp;
  std::size_t most = kLongestName - (rest.size() - stamp.size()) - kLongestStamp;
  if (database.size() <= most) return database + rest;
  while (most > 0 && (static_cast<unsigned char>(database[most]) & 0xc0) == 0x80) --most;
  return database.substr(0, most) + rest;
}

Maintenance::Maintenance(const Conninfo& conninfo, const OpenOptions& options, std::string database)
    : conninfo_(conninfo),
      options_(options),
      database_(std::move(database)),
      session_(std::make_unique<Session>(conninfo_, options_)) {
  session_->apply_settings(conninfo_);
  session_->command("SET application_name = " + literal(own_application_name()));
}

std::unique_ptr<Maintenance> Maintenance::connect(const Conninfo& conninfo,
                                                  const OpenOptions& options,
                                                  const std::string& database) {
  for (const char* name : {"postgres", "template1"}) {
    if (name == database) continue;
    Conninfo other = conninfo;
    other.set("dbname", name);
    try {
      return std::unique_ptr<Maintenance>(new Maintenance(other, options, database));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::connection) throw;
    }
  }
  return nullptr;
}

bool Maintenance::exists(const std::string& database) {
  return session_->value(
             fmt::format("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = {})",
                         literal(database))) == "t";
}

bool Maintenance::may_create_databases() {
  return session_->value(
             "SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles "
             "WHERE rolname = current_user") == "t";
}

bool Maintenance::may_rename(const std::string& database) {
  return session_->value(fmt::format("SELECT pg_catalog.pg_has_role(datdba, 'MEMBER') "
                                     "FROM pg_catalog.pg_database WHERE datname = {}",
                                     literal(database))) == "t";
}

std::int64_t Maintenance::bytes(const std::string& database) {
  return std::stoll(session_->value(
      fmt::format("SELECT CASE WHEN pg_catalog.has_database_privilege({0}, 'CONNECT') THEN "
                  "pg_catalog.pg_database_size({0}) ELSE 0 END",
                  literal(database))));
}

std::vector<std::string> Maintenance::sessions_of(const std::string& database) {
  std::vector<std::string> out;
  for (const auto& row : session_->query(fmt::format(
           "SELECT pid, coalesce(usename::pg_catalog.text, '?') AS usename, application_name "
           "FROM pg_catalog.pg_stat_activity "
           "WHERE datname = {} AND backend_type = 'client backend' AND application_name <> {} "
           "ORDER BY pid",
           literal(database), literal(own_application_name())))) {
    const std::string application = row["application_name"].c_str();
    out.push_back(fmt::format("pid {}, user {}{}", row["pid"].c_str(), row["usename"].c_str(),
                              application.empty() ? "" : ", " + application));
  }
  return out;
}

DatabaseProperties Maintenance::properties(const std::string& database) {
  return read_properties(*session_, database);
}

std::string Maintenance::source_id(const std::string& number) {
  try {
    return session_->value("SELECT system_identifier FROM pg_catalog.pg_control_system()") + "-" +
           number;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session_->alive()) throw;
    return {};
  }
}

std::string Maintenance::number_of(const std::string& database) {
  return session_->value(
      fmt::format("SELECT coalesce((SELECT oid::pg_catalog.text FROM pg_catalog.pg_database WHERE "
                  "datname = {}), '')",
                  literal(database)));
}

bool Maintenance::has_number(const std::string& number) {
  return session_->value(fmt::format("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE "
                                     "oid::pg_catalog.text = {})",
                                     literal(number))) == "t";
}

void Maintenance::create(const DatabaseProperties& properties, const std::string& name) {
  session_->command(create_sql(properties, name));
}

void Maintenance::drop(const std::string& name) {
  session_->command("DROP DATABASE IF EXISTS " + QuotedName(name).sql());
}

std::vector<std::string> Maintenance::stamped(const std::string& prefix) {
  std::vector<std::string> out;
  for (const auto& row :
       session_->query(fmt::format("SELECT datname FROM pg_catalog.pg_database WHERE datname ~ {} "
                                   "ORDER BY datname COLLATE \"C\" DESC",
                                   literal(pattern(prefix)))))
    out.emplace_back(row[0].c_str());
  return out;
}

// A rename waits some seconds for the database's sessions to go, with the lock held on which new
// ones wait: so they are ended while it waits.
void Maintenance::swap(const std::string& name, const std::string& aside,
                       const std::string& fresh) {
  const auto rename = [](const std::string& from, const std::string& to) {
    return fmt::format("ALTER DATABASE {} RENAME TO {}", QuotedName(from).sql(),
                       QuotedName(to).sql());
  };
  session_->command("BEGIN");
  try {
    if (!aside.empty()) {
      Session other(conninfo_, options_);
      other.apply_settings(conninfo_);
      const std::string end_sessions = fmt::format(
          "SELECT count(pg_catalog.pg_terminate_backend(pid)) "
          "FROM pg_catalog.pg_stat_activity WHERE datname = {} AND backend_type = "
          "'client backend'",
          literal(name));
      std::jthread ending([&](const std::stop_token& done) {
        while (!done.stop_requested()) {
          other.command_quietly(end_sessions);
          std::this_thread::sleep_for(kLookAgain);
        }
      });
      session_->command(rename(name, aside));
    }
    session_->command(rename(fresh, name));
    session_->command("COMMIT");
  } catch (...) {
    session_->command_quietly("ROLLBACK");
    throw;
  }
}

}  // namespace dbkeeper::postgres
