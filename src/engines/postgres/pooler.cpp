#include "engines/postgres/pooler.h"

#include <fmt/format.h>

namespace dbkeeper::postgres {
namespace {

std::string serving_pid(Session& session) {
  return session.despite_timeout(
      [&] { return session.value("SELECT pg_catalog.pg_backend_pid()"); });
}

// Two sessions that are both open have two processes, and keep them. Behind a pooler in transaction
// mode idle ones share a process, or change it as others come and go.
bool share_processes(Session& first, const std::string& first_pid, Session& second) {
  const std::string second_pid = serving_pid(second);
  return second_pid == first_pid || serving_pid(first) != first_pid ||
         serving_pid(second) != second_pid;
}

}  // namespace

void refuse_transaction_pooler(Session& first, const Conninfo& conninfo,
                               const OpenOptions& options) {
  const std::string pid = serving_pid(first);
  if (pid == std::to_string(first.announced_pid())) return;
  options.reporter->debug(fmt::format("{} is a connection pooler", first.target().place()));
  Session second(conninfo, options);
  if (!share_processes(first, pid, second)) return;
  throw Error(ErrorKind::connection,
              fmt::format("{} is a connection pooler in transaction mode, which can't carry "
                          "snapshots and locks",
                          first.target().place()))
      .hint("use the port of the server itself, mostly 5432, or the pooler's session mode");
}

}  // namespace dbkeeper::postgres
