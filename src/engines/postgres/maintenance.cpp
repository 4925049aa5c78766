#include "engines/postgres/maintenance.h"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/base/threads.h"
#include "engines/postgres/advisory_lock.h"
#include "engines/postgres/other_sessions.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/system_identifier.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::chrono::milliseconds kLookAgain{100};
// A session that was closed is gone within some milliseconds. A rename that meets it waits for 100.
constexpr std::chrono::milliseconds kSessionsEnd{1};
constexpr int kMostLooksForSessions = 50;
// For a sign of life, and for a database that is dropped.
constexpr std::chrono::milliseconds kAnswerPatience{2000};
constexpr std::chrono::milliseconds kDropPatience{60000};
constexpr std::size_t kLongestName = 63;
constexpr std::size_t kLongestStamp = 20;  // 20260102T030405Z-100
constexpr std::size_t kLongestDigest = 9;  // _0123abcd
constexpr const char* kStampPattern = "[0-9]{8}T[0-9]{6}Z(-[0-9]+)?";
constexpr const char* kRestoring = "restoring";

// A letter of several bytes has to stay whole.
bool is_plain(unsigned char c) { return std::isalnum(c) || c == '_' || c >= 0x80; }

std::string pattern(const std::string& prefix) {
  std::string out;
  for (const char c : prefix) {
    if (!is_plain(static_cast<unsigned char>(c))) out += '\\';
    out += c;
  }
  return out;
}

// As many bytes of a database's name as a stamped one has room for.
std::size_t room_for_name(const std::string& word) {
  return kLongestName - (word.size() + 2) - kLongestStamp;
}

std::string beginning(const std::string& name, std::size_t most) {
  if (name.size() <= most) return name;
  while (most > 0 && (static_cast<unsigned char>(name[most]) & 0xc0) == 0x80) --most;
  return name.substr(0, most);
}

std::vector<std::string> databases_like(Session& session, const std::string& pattern) {
  std::vector<std::string> out;
  for (const auto& row :
       session.query(fmt::format("SELECT datname FROM pg_catalog.pg_database WHERE datname ~ {} "
                                 "ORDER BY datname COLLATE \"C\" DESC",
                                 literal("^" + pattern + "$"))))
    out.emplace_back(row[0].c_str());
  return out;
}

void end_sessions(Session& session, const std::string& database) noexcept {
  try {
    for (const OtherSession& other : sessions_on(session, database))
      if (other.may_end) end_session(session, other);
  } catch (const std::exception&) {
    // Those who wait for the sessions to go tell it.
  }
}

std::string drop_by_force(const std::string& name) {
  return fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", QuotedName(name).sql());
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
  const std::size_t room = room_for_name(word);
  std::string kept = database;
  if (database.size() > room)
    kept = fmt::format("{}_{:08x}", beginning(database, room - kLongestDigest),
                       digest_of(database).low & 0xffffffff);
  return fmt::format("{}_{}_{}", kept, word, stamp);
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
  return others_of(sessions_on(*session_, database));
}

DatabaseProperties Maintenance::properties(const std::string& database) {
  return read_properties(*session_, database);
}

std::string Maintenance::source_id(const std::string& number) {
  const std::string server = system_identifier(*session_);
  return server.empty() ? "" : server + "-" + number;
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
  if (properties(name).is_template) unmark_template(name);
  session_->command("DROP DATABASE IF EXISTS " + QuotedName(name).sql());
}

void Maintenance::unmark_template(const std::string& name) {
  session_->command_quietly(
      fmt::format("ALTER DATABASE {} IS_TEMPLATE false", QuotedName(name).sql()));
}

void Maintenance::drop_own(const std::string& name) noexcept {
  // A stop doesn't cut short what may take some time, on a server that answers.
  const auto drop = [&] {
    return session_->command_quietly("BEGIN; COMMIT", kAnswerPatience) &&
           session_->command_quietly(drop_by_force(name), kDropPatience);
  };
  if (drop()) return;
  std::string why;
  try {
    unmark_template(name);
    drop_subscriptions(name);
    if (drop()) return;
  } catch (const std::exception& error) {
    why = fmt::format(": {}", error.what());
  }
  if (!session_->alive()) {
    options_.reporter->warn(fmt::format(
        "the server doesn't answer: if the database {} is still there, it can be dropped", name));
    return;
  }
  options_.reporter->warn(
      fmt::format("the database {} is still there, and can be dropped{}", name, why));
}

// A database with one can't be dropped. What is restored was never connected to its publisher:
// there is no slot that would be left.
void Maintenance::drop_subscriptions(const std::string& database) {
  std::vector<std::string> statements;
  for (const auto& row : session_->query(fmt::format(
           "SELECT subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d "
           "ON d.oid = s.subdbid WHERE d.datname = {}",
           literal(database)))) {
    const std::string name = QuotedName(std::string_view(row[0].c_str())).sql();
    statements.push_back(fmt::format("ALTER SUBSCRIPTION {} DISABLE", name));
    statements.push_back(fmt::format("ALTER SUBSCRIPTION {} SET (slot_name = NONE)", name));
    statements.push_back("DROP SUBSCRIPTION " + name);
  }
  if (statements.empty()) return;
  Conninfo conninfo = conninfo_;
  conninfo.set("dbname", database);
  Session session(conninfo, options_);
  for (const std::string& statement : statements) session.command(statement);
}

std::vector<std::string> Maintenance::stamped(const std::string& prefix) {
  return databases_like(*session_, pattern(prefix) + kStampPattern);
}

// Of a long name only the beginning is known, which others share: the lock tells them apart.
std::vector<std::string> Maintenance::half_built(const std::string& prefix) {
  const std::string kept = beginning(prefix, room_for_name(kRestoring) - kLongestDigest);
  return databases_like(*session_,
                        fmt::format("({}{}|{}[0-9TZ-]*_[0-9a-f]{{8}})_{}_{}", pattern(prefix),
                                    kStampPattern, pattern(kept), kRestoring, kStampPattern));
}

void Maintenance::drop_left_over(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!try_lock(*session_, name)) continue;
    try {
      unmark_template(name);
      drop_subscriptions(name);
      session_->command(drop_by_force(name));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted || !session_->alive()) throw;
      options_.reporter->warn(fmt::format(
          "the database {}, which an earlier run left, is still there: {}", name, error.message()));
    }
    release_lock(*session_, name);
  }
}

std::string Maintenance::take_name(const std::string& name) {
  std::string out = name;
  for (int i = 2; exists(out) || !try_lock(*session_, out); ++i)
    out = fmt::format("{}-{}", name, i);
  return out;
}

void Maintenance::rename(const std::string& from, const std::string& to) {
  constexpr const char* kInUse = "55006";
  const auto failure = session_->run_all({fmt::format(
      "ALTER DATABASE {} RENAME TO {}", QuotedName(from).sql(), QuotedName(to).sql())});
  if (!failure) return;
  if (failure->sqlstate != kInUse) throw failure->error;
  throw Error(ErrorKind::refused, failure->error.message())
      .hint("stop who works with it, or restore as a role that may end their sessions");
}

void Maintenance::await_end_of_sessions(const std::string& database) {
  for (int i = 0; i < kMostLooksForSessions && !sessions_on(*session_, database).empty(); ++i)
    std::this_thread::sleep_for(kSessionsEnd);
}

// A rename waits some seconds for the database's sessions to go, with the lock held on which new
// ones wait: so they are ended while it waits.
void Maintenance::swap(const std::string& name, const std::string& aside,
                       const std::string& fresh) {
  await_end_of_sessions(fresh);
  session_->command("BEGIN");
  try {
    if (!aside.empty()) {
      Session other(conninfo_, options_);
      other.apply_settings(conninfo_);
      std::vector<std::jthread> ending;
      const bool beside = add_thread(ending, [&](const std::stop_token& done) {
        while (!done.stop_requested()) {
          end_sessions(other, name);
          std::this_thread::sleep_for(kLookAgain);
        }
      });
      if (!beside) end_sessions(other, name);
      rename(name, aside);
    }
    rename(fresh, name);
    session_->commit();
  } catch (...) {
    session_->command_quietly("ROLLBACK");
    throw;
  }
}

}  // namespace dbkeeper::postgres
