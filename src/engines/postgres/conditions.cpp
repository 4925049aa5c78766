#include "engines/postgres/conditions.h"

#include <fmt/format.h>

#include <vector>

#include "engines/postgres/catalog.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/users_path.h"

namespace dbkeeper::postgres {
namespace {

// Between different words: what closes the parenthesis before its time fits only one of the two,
// and so does what ends the CASE.
std::vector<std::string> probes(const Table& table, const std::string& condition) {
  const std::string from = from_clause(table);
  return {fmt::format("SELECT FROM {} WHERE (\n{}\n)", from, condition),
          fmt::format("SELECT FROM {} WHERE CASE WHEN\n{}\nTHEN true END", from, condition)};
}

Error no_condition(const Table& table, const std::string& why) {
  const std::string name = display(table.name, kDefaultSchema);
  return Error(ErrorKind::usage, fmt::format("not a condition on table {}: {}", name, why))
      .table(name)
      .hint("write it as in SQL behind WHERE: users:created_at >= '2026-01-01'");
}

}  // namespace

const std::string& Conditions::path() {
  if (path_.empty()) path_ = users_path(*session_, session_.sessions()->conninfo());
  return path_;
}

std::string Conditions::in_users_path(const std::string& statement) {
  return fmt::format("{}; {}; {}", set_path_sql(path()), statement, kOwnPath);
}

// As an unnamed prepared statement: the protocol takes no second statement there.
void Conditions::check(const Table& table, const std::string& condition) {
  if (checked_.count({table.name, condition})) return;
  if (condition.find('\0') != std::string::npos) throw no_condition(table, "it holds a NUL");
  session_->command(set_path_sql(path()));
  for (const std::string& probe : probes(table, condition)) {
    const Session::Parsed parsed = session_->parse(probe);
    if (parsed.failure) {
      if (parsed.failure->kind() != ErrorKind::failed || !session_->alive()) throw *parsed.failure;
      throw no_condition(table, parsed.failure->message());
    }
    if (parsed.parameters > 0) throw no_condition(table, "it has a parameter, $1");
  }
  session_->command(kOwnPath);
  checked_.insert({table.name, condition});
}

}  // namespace dbkeeper::postgres
