#include "engines/postgres/script_syntax.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/postgres/dump_script.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kSyntax = "42601", kNoSuchFunction = "42883";
// What a dump calls is the server's own.
constexpr std::string_view kCall = "SELECT pg_catalog.";

// Statements other than queries are parsed alone: what they name need not be there.
std::optional<std::string> refusal_of(const std::string& statement, Session& session) {
  const Blocking blocking(session.canceller());
  const RawResult prepared(PQprepare(session.raw(), "", statement.c_str(), 0, nullptr));
  if (PQresultStatus(prepared.get()) == PGRES_COMMAND_OK) return std::nullopt;
  const std::string state = server_error(prepared.get()).sqlstate;
  const Error error = session.error(prepared.get());
  if (state.empty() || error.kind() == ErrorKind::interrupted) throw error;
  const bool refuses =
      state == kSyntax || (state == kNoSuchFunction && statement.starts_with(kCall));
  return refuses ? std::optional(error.message()) : std::nullopt;
}

}  // namespace

std::optional<std::string> syntax_error_in(std::string_view script, Session& session) {
  for (const ScriptEntry& entry : parse_script(script))
    for (const std::string& statement : entry.statements)
      if (const auto refusal = refusal_of(statement, session))
        return fmt::format("{} {}: {}", lower_ascii(entry.type), entry.name, *refusal);
  return std::nullopt;
}

}  // namespace dbkeeper::postgres
