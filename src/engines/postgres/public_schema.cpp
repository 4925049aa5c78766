#include "engines/postgres/public_schema.h"

#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/savepoint.h"

namespace dbkeeper::postgres {
namespace {

using Words = std::vector<Word>;

bool gives_owner(const Words& words) {
  return words.size() > 3 && words[0].is("alter") && words[1].is("schema") &&
         words[2].text == "public" && words[3].is("owner");
}

bool gives_comment(const Words& words) {
  return words.size() > 3 && words[0].is("comment") && words[2].is("schema") &&
         words[3].text == "public";
}

// GRANT … ON SCHEMA public TO …
bool gives_rights(const Words& words) {
  if (words.empty() || !(words[0].is("grant") || words[0].is("revoke"))) return false;
  for (std::size_t i = 1; i + 2 < words.size(); ++i)
    if (words[i].is("on")) return words[i + 1].is("schema") && words[i + 2].text == "public";
  return false;
}

bool any(const std::vector<ScriptEntry>& script, bool (*is_meant)(const Words&)) {
  for (const ScriptEntry& entry : script)
    for (const std::string& statement : entry.statements)
      if (is_meant(words_of(statement))) return true;
  return false;
}

bool is_true(const pqxx::row& row, const char* column) { return row[column].c_str()[0] == 't'; }

// Whether it went through; if not, nothing of it is left.
bool attempt(Session& session, const std::string& sql) {
  session.command(kSetSavepoint);
  const bool done = session.command_quietly(sql);
  if (!done) roll_back_to_savepoint(session);
  session.command(kReleaseSavepoint);
  return done;
}

pqxx::row look(Session& session) { return session.query(sql::kPublicSchema)[0]; }

}  // namespace

void reset_public(Session& session, const std::vector<ScriptEntry>& script,
                  std::vector<std::string>& left_out) {
  pqxx::row now = look(session);
  const std::string owner = now["standard_owner"].c_str();
  if (is_true(now, "other_owner") && !any(script, gives_owner)) {
    if (!is_true(now, "mine") || !attempt(session, "ALTER SCHEMA public OWNER TO " + owner))
      left_out.push_back(fmt::format("schema public: it stays {}'s, and isn't given to {}",
                                     now["owner"].c_str(), owner));
    now = look(session);
  }
  const bool mine = is_true(now, "mine");
  if (is_true(now, "other_rights") && !(mine && attempt(session, now["standard_rights"].c_str())) &&
      !any(script, gives_rights))
    left_out.push_back("schema public: the rights on it stay as they are, it is another role's");
  if (is_true(now, "other_comment") &&
      !(mine && attempt(session, "COMMENT ON SCHEMA public IS 'standard public schema'")) &&
      !any(script, gives_comment))
    left_out.push_back("schema public: its comment stays as it is, it is another role's");
}

}  // namespace dbkeeper::postgres
