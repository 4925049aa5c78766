#include "engines/postgres/script_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dbkeeper/base/text.h"
#include "engines/postgres/savepoint.h"
#include "engines/postgres/users_path.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::size_t kStatementsAtOnce = 200;
constexpr std::size_t kBytesAtOnce = 1 << 20;

using Words = std::vector<Word>;

std::optional<std::size_t> last(const Words& words, std::string_view keyword) {
  for (std::size_t i = words.size(); i-- > 0;)
    if (words[i].is(keyword)) return i;
  return std::nullopt;
}

bool gives_rights(const Words& words) {
  return words[0].is("grant") || words[0].is("revoke") ||
         (words.size() > 2 && words[0].is("alter") && words[1].is("default"));
}

bool gives_owner(const Words& words) {
  const std::size_t n = words.size();
  return n > 3 && words[0].is("alter") && words[n - 3].is("owner") && words[n - 2].is("to");
}

bool changes_authorization(const Words& words) {
  return words.size() > 3 && words[0].is("set") && words[1].is("session") &&
         words[2].is("authorization");
}

bool makes_user_mapping(const Words& words) {
  return words.size() > 4 && words[0].is("create") && words[1].is("user") && words[2].is("mapping");
}

// Those of CREATE POLICY name ON table … TO a, b; none where it is for everybody.
Words roles_of_policy(const Words& words) {
  if (words.size() < 3 || !words[0].is("create") || !words[1].is("policy")) return {};
  auto at = std::find_if(words.begin() + 3, words.end(), [](const Word& word) {
    return word.is("to") || word.is("using") || word.is("with");
  });
  if (at == words.end() || !at->is("to")) return {};
  Words out;
  for (++at; at != words.end(); at += 2) {
    out.push_back(*at);
    if (words.end() - at < 3 || (at + 1)->text != ",") break;
  }
  return out;
}

// p ON public.t, in CREATE POLICY and COMMENT ON POLICY; empty in other statements.
std::string policy_in(const Words& words) {
  constexpr std::size_t kWords = 5;
  const std::size_t at = words.size() > 1 && words[1].is("on") ? 3 : 2;
  if (words.size() < at + kWords || !words[at - 1].is("policy")) return {};
  std::string out;
  for (std::size_t i = at; i < at + kWords; ++i) out += std::string(words[i].place) + " ";
  return out;
}

// A role that the statement can't do without; "public" is none.
void add_role(const Words& words, std::optional<std::size_t> before,
              std::vector<std::string>& roles) {
  if (!before || *before + 1 >= words.size()) return;
  const Word& role = words[*before + 1];
  if (!role.is("public")) roles.push_back(role.text);
}

// ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA b GRANT …: where ROLE stands.
std::optional<std::size_t> default_rights_of(const Words& words) {
  constexpr std::size_t kRole = 4;
  if (words.size() > kRole && words[0].is("alter") && words[3].is("for") && words[kRole].is("role"))
    return kRole;
  return std::nullopt;
}

// What stands behind the names of role and schema, of which either may be called "revoke".
bool revokes(const Words& words) {
  if (!words[0].is("alter")) return words[0].is("revoke");
  std::size_t at = 3;
  while (at + 2 < words.size() && (words[at].is("for") || words[at].is("in"))) at += 3;
  return at < words.size() && words[at].is("revoke");
}

std::vector<std::string> roles_in(const std::string& statement) {
  const Words words = words_of(statement);
  std::vector<std::string> out;
  if (words.empty()) return out;
  if (gives_owner(words)) out.push_back(words.back().text);
  if (changes_authorization(words)) add_role(words, 2, out);
  if (makes_user_mapping(words)) add_role(words, 3, out);
  for (const Word& role : roles_of_policy(words)) out.push_back(role.text);
  if (!gives_rights(words)) return out;
  add_role(words, last(words, revokes(words) ? "from" : "to"), out);
  if (const auto whose = default_rights_of(words)) add_role(words, whose, out);
  return out;
}

std::string name_of(const ScriptEntry& entry) {
  return entry.name.empty() ? "the script's beginning"
                            : fmt::format("{} {}", lower_ascii(entry.type), entry.name);
}

bool is_over(const Error& error, const Session& session) {
  return error.kind() == ErrorKind::interrupted || !session.alive();
}

// That a role may not make an extension, or a server hasn't got it, says nothing of the backup.
Error about(const ScriptEntry& entry, Error error) {
  if (entry.type == "EXTENSION") error.of_surroundings();
  return error.during("restoring " + name_of(entry));
}

// Where the server looks into functions of a user, or calls them: a generated column's when its
// table is made.
bool may_call_functions(const ScriptEntry& entry) {
  return entry.type == "TABLE" || entry.type == "INDEX" || entry.type == "CONSTRAINT" ||
         entry.type == "MATERIALIZED VIEW DATA";
}

// Without it no row is missing, and none is let in that would have been refused.
bool can_be_made_again(const ScriptEntry& entry, const std::string& sql) {
  const Words words = words_of(sql);
  return entry.type == "MATERIALIZED VIEW DATA" ||
         (entry.type == "INDEX" && words.size() > 1 && words[1].is("index"));
}

// Who may not give a right or an owner leaves it as it is; so does who may not comment on an
// extension, or on a schema that was there before.
bool may_be_left_out(const std::string& statement) {
  const Words words = words_of(statement);
  if (words.empty()) return false;
  return gives_owner(words) || gives_rights(words) || changes_authorization(words) ||
         (words.size() > 2 && words[0].is("comment") &&
          (words[2].is("extension") || words[2].is("schema")));
}

// A policy of several roles is for those that are there. Left out for all, it would let through
// what it restricts.
void settle_policy(std::string& statement, const Roles& roles, const ScriptEntry& entry,
                   std::vector<std::string>& left_out) {
  const Words words = words_of(statement);
  std::vector<std::string> kept, gone;
  const Words listed = roles_of_policy(words);
  for (const Word& role : listed) (roles.has(role.text) ? kept : gone).emplace_back(role.place);
  if (kept.empty() || gone.empty()) return;
  for (const std::string& role : gone)
    left_out.push_back(fmt::format("{}: there is no role {}", name_of(entry), role));
  const char* end = listed.back().place.data() + listed.back().place.size();
  const auto begin = static_cast<std::size_t>(listed.front().place.data() - statement.data());
  statement.replace(begin, static_cast<std::size_t>(end - statement.data()) - begin,
                    join(kept, ", "));
}

}  // namespace

Roles::Roles(Session& session) {
  for (const auto& row : session.query("SELECT rolname FROM pg_catalog.pg_roles"))
    names_.insert(row[0].c_str());
}

std::vector<ScriptEntry> for_roles(std::vector<ScriptEntry> entries, const Roles& roles,
                                   std::vector<std::string>& left_out) {
  std::set<std::string> policies;  // left out: so are the comments on them
  for (ScriptEntry& entry : entries) {
    for (std::string& statement : entry.statements)
      settle_policy(statement, roles, entry, left_out);
    std::erase_if(entry.statements, [&](const std::string& statement) {
      const std::string policy = policy_in(words_of(statement));
      if (!policy.empty() && policies.count(policy)) return true;
      for (const std::string& role : roles_in(statement)) {
        if (roles.has(role)) continue;
        left_out.push_back(fmt::format("{}: there is no role {} ({})", name_of(entry), role,
                                       statement.substr(0, statement.find('\n'))));
        if (!policy.empty()) policies.insert(policy);
        return true;
      }
      return false;
    });
  }
  return entries;
}

void ScriptRunner::settle(const ScriptEntry& entry) {
  if (settings_ == entry.settings || entry.settings.empty()) return;
  session_.command(join(entry.settings, ";"));
  settings_ = entry.settings;
}

void ScriptRunner::run(const ScriptEntry& entry, std::vector<std::string>& left_out) {
  if (entry.statements.empty()) return;
  settle(entry);
  const std::string sql = join(entry.statements, ";\n");
  if (const auto failure = session_.run_all({sql}))
    run_in_users_path(entry, sql, failure->error, left_out);
}

void ScriptRunner::run(std::span<const ScriptEntry> entries, std::vector<std::string>& left_out) {
  for (std::size_t at = 0; at < entries.size();) {
    settle(entries[at]);
    std::string sql;
    std::size_t end = at;
    for (; end < entries.size() && end - at < kStatementsAtOnce && sql.size() < kBytesAtOnce &&
           entries[end].settings == entries[at].settings;
         ++end)
      for (const std::string& statement : entries[end].statements) sql += statement + ";\n";
    const bool whole = sql.empty() || run_at_once(sql);
    for (; at < end; ++at)
      if (!whole) run_one_by_one(entries[at], left_out);
  }
}

// Several statements at once are one transaction: what fails leaves nothing of them.
bool ScriptRunner::run_at_once(const std::string& sql) {
  set_savepoint();
  try {
    session_.command(sql);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session_.alive()) throw;
    take_back();
    return false;
  }
  if (within_ == Within::transaction) session_.command(kReleaseSavepoint);
  return true;
}

void ScriptRunner::set_savepoint() {
  if (within_ == Within::transaction) session_.command(kSetSavepoint);
}

void ScriptRunner::take_back() {
  if (within_ == Within::nothing) return;
  session_.command(kRollBackToSavepoint);
  session_.command(kReleaseSavepoint);
}

void ScriptRunner::run_one_by_one(const ScriptEntry& entry, std::vector<std::string>& left_out) {
  for (const std::string& statement : entry.statements) {
    set_savepoint();
    const auto failure = session_.run_all({statement});
    if (!failure) {
      if (within_ == Within::transaction) session_.command(kReleaseSavepoint);
      continue;
    }
    constexpr std::string_view kNoRight = "42501";
    const bool no_right = failure->sqlstate == kNoRight && may_be_left_out(statement);
    if (!no_right && !may_call_functions(entry)) {
      Error error = failure->error;
      if (failure->sqlstate == kNoRight) error.of_surroundings();
      throw about(entry, error);
    }
    take_back();
    if (no_right)
      left_out.push_back(fmt::format("{}: {}", name_of(entry), failure->error.message()));
    else
      run_in_users_path(entry, statement, failure->error, left_out);
  }
}

std::optional<Session::Failure> ScriptRunner::run_in(const std::string& path,
                                                     const std::string& sql) {
  use_path(session_, path);
  set_savepoint();
  auto failure = session_.run_all({sql});
  if (failure && is_over(failure->error, session_)) return failure;
  if (failure)
    take_back();
  else if (within_ == Within::transaction)
    session_.command(kReleaseSavepoint);
  return failure;
}

// Functions that are called there may name tables and functions without their schemas, as the
// application's search_path lets them.
void ScriptRunner::run_in_users_path(const ScriptEntry& entry, const std::string& sql,
                                     const Error& failure, std::vector<std::string>& left_out) {
  if (!may_call_functions(entry) || is_over(failure, session_)) throw about(entry, failure);
  auto again = run_in(users_path(session_), sql);
  if (again && !other_path_.empty() && !is_over(again->error, session_))
    again = run_in(other_path_, sql);
  if (again && is_over(again->error, session_)) throw about(entry, again->error);
  use_path(session_, "");
  if (!again) return;
  if (!can_be_made_again(entry, sql)) throw about(entry, failure);
  left_out.push_back(fmt::format("{}: {} ({})", name_of(entry), again->error.message(),
                                 sql.substr(0, sql.find('\n'))));
}

}  // namespace dbkeeper::postgres
