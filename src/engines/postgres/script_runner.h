// Runs the entries of a dump, and leaves out what speaks of roles that aren't there.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engines/postgres/dump_script.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// The roles of a server, as it was when this was made. Threads: any.
class Roles {
 public:
  explicit Roles(Session& session);
  bool has(const std::string& role) const { return names_.count(role) > 0; }

 private:
  std::set<std::string> names_;
};

// The entries that can be run: statements that give something to, or take it from, a role that
// isn't there are gone from them, and told in `left_out`.
std::vector<ScriptEntry> for_roles(std::vector<ScriptEntry> entries, const Roles& roles,
                                   std::vector<std::string>& left_out);

// Whether the session is in a transaction that has to outlive what fails in a script.
enum class Within { nothing, transaction };

// What a session has of the script's settings.
class ScriptRunner {
 public:
  // `other_path`: a search_path that is tried as well where the session's own doesn't do.
  explicit ScriptRunner(Session& session, Within within = Within::nothing,
                        std::string other_path = {})
      : session_(session), within_(within), other_path_(std::move(other_path)) {}

  // In order, many in one round trip. Rights that this role may not give are told in `left_out`,
  // and so is what can be made again from the rows and could not be; anything else that fails is
  // thrown, with the entry's name.
  void run(std::span<const ScriptEntry> entries, std::vector<std::string>& left_out);
  void run(const ScriptEntry& entry, std::vector<std::string>& left_out);

 private:
  void settle(const ScriptEntry& entry);
  bool run_at_once(const std::string& sql);
  void run_one_by_one(const ScriptEntry& entry, std::vector<std::string>& left_out);
  void run_in_users_path(const ScriptEntry& entry, const std::string& sql, const Error& failure,
                         std::vector<std::string>& left_out);
  std::optional<Session::Failure> run_in(const std::string& path, const std::string& sql);
  void set_savepoint();
  void take_back();

  Session& session_;
  const Within within_;
  const std::string other_path_;
  std::vector<std::string> settings_;
};

}  // namespace dbkeeper::postgres
