// The server's side of replacing a database: a session of another database of the same server, from
// which databases are made, renamed and dropped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/postgres/database_properties.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class Maintenance {
 public:
  // Connects to `postgres`, or else to `template1`; null if the role may connect to neither.
  static std::unique_ptr<Maintenance> connect(const Conninfo& conninfo, const OpenOptions& options,
                                              const std::string& database);

  bool exists(const std::string& database);
  bool may_create_databases();
  // Whether the role may rename the database.
  bool may_rename(const std::string& database);
  std::int64_t bytes(const std::string& database);
  // Those of other processes that work with it: "pid 4711, user app, psql".
  std::vector<std::string> sessions_of(const std::string& database);
  DatabaseProperties properties(const std::string& database);
  // By which exports and imports know a database of this server: empty if the role may not know.
  // One that isn't there has the identity that its number would give it.
  std::string source_id(const std::string& number);
  // The number of a database, as text; empty if there is none of that name.
  std::string number_of(const std::string& database);
  bool has_number(const std::string& number);

  void create(const DatabaseProperties& properties, const std::string& name);
  void drop(const std::string& name);
  // One that this run has made for itself, its sessions and subscriptions too: to clean up while
  // unwinding. That it can't be done is warned of.
  void drop_own(const std::string& name) noexcept;
  // The databases whose name is `prefix` and a time, the newest first.
  std::vector<std::string> stamped(const std::string& prefix);
  // What restores into such databases build, before it has its final name.
  std::vector<std::string> half_built(const std::string& prefix);
  // Those that a killed run left, and their sessions: a lock under the name says that a run is at
  // it. One that can't be dropped is warned of.
  void drop_left_over(const std::vector<std::string>& names);
  // A name that nobody has, made of `name` and a number if need be, with the lock under it.
  std::string take_name(const std::string& name);
  // `fresh` becomes `name`, and what had that name `aside`, at once. Sessions of the old one are
  // ended, and new ones wait meanwhile. `aside` is empty if there is no old one. Error(refused) if
  // one of the two is still in use.
  void swap(const std::string& name, const std::string& aside, const std::string& fresh);

  Session& session() { return *session_; }

 private:
  Maintenance(const Conninfo& conninfo, const OpenOptions& options, std::string database);
  void rename(const std::string& from, const std::string& to);
  void unmark_template(const std::string& name);
  void drop_subscriptions(const std::string& database);
  void await_end_of_sessions(const std::string& database);

  const Conninfo conninfo_;
  const OpenOptions options_;
  const std::string database_;
  std::unique_ptr<Session> session_;
};

// An address may leave the database's name to the environment: the server knows it.
Conninfo with_database(Conninfo conninfo, const OpenOptions& options);

// A name of at most as many bytes as the server takes: "app_before_20260102T030405Z". What is kept
// of a longer database's name ends with a digest of the whole: no two databases share it.
std::string stamped_name(const std::string& database, const std::string& word,
                         const std::string& stamp);

}  // namespace dbkeeper::postgres
