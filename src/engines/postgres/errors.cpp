#include "engines/postgres/errors.h"

#include <fmt/format.h>

#include <optional>

#include "dbkeeper/model/name.h"
#include "engines/postgres/connection_failure.h"
#include "engines/postgres/lock_room.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kDefaultSchema = "public";

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool is_class(const std::string& sqlstate, std::string_view two) {
  return sqlstate.starts_with(two);
}

ErrorKind kind_of(const std::string& sqlstate, Doing doing, bool stopped) {
  if (sqlstate == "57014" && stopped) return ErrorKind::interrupted;
  if (sqlstate == "55P03") return ErrorKind::refused;
  if (doing == Doing::writing && (is_class(sqlstate, "22") || is_class(sqlstate, "23")))
    return ErrorKind::conflict;
  return ErrorKind::failed;
}

std::string hint_for(const std::string& sqlstate) {
  if (sqlstate == "42501")
    return "connect as the owner of the tables, or have it GRANT this role the right";
  if (sqlstate == "55P03")
    return "another session holds a lock on it: try again later, or with a longer --lock-timeout";
  if (sqlstate == "40001" || sqlstate == "40P01") return "others wrote at the same time: try again";
  if (sqlstate == "53100") return "the server's disk is full";
  if (sqlstate == "53200") return kNoLockLeft;
  if (sqlstate == "25006") return "the server or the role allows reading only";
  if (sqlstate == "57014") return "look for who cancels statements, or for a statement_timeout";
  // A table that is dropped meanwhile is an internal error too.
  if (sqlstate == "XX000")
    return "try again when no migration is at work; if it stays, the server's data may be damaged: "
           "see its log";
  if (is_class(sqlstate, "XX")) return "the server's data may be damaged: see its log";
  return {};
}

constexpr std::string_view kNoSuchDatabase = "3D000";

// No room, no memory, shut down, an error of the server's system: none of it comes from the data.
bool is_of_surroundings(const std::string& sqlstate) {
  if (sqlstate == "57P04") return false;  // the database was dropped
  return is_class(sqlstate, "53") || is_class(sqlstate, "57") || is_class(sqlstate, "58");
}

// Input errors of COPY name table and column in their context alone:
// COPY users, line 3, column age: "abc"
std::string column_in_context(const std::string& context) {
  static constexpr std::string_view kColumn = ", column ";
  for (const std::string& line : lines_of(context)) {
    const std::size_t at = line.find(kColumn);
    if (!line.starts_with("COPY ") || at == std::string::npos) continue;
    const std::size_t begin = at + kColumn.size();
    return line.substr(begin, line.find(':', begin) - begin);
  }
  return {};
}

// "Failing row contains (…)", in whatever language: password hashes are in it. By which partition
// key none was found may be told.
bool shows_row(const ServerError& error) {
  constexpr std::string_view kNotNull = "23502", kCheck = "23514", kViewCheck = "44000";
  const bool by_row =
      error.sqlstate == kNotNull || error.sqlstate == kCheck || error.sqlstate == kViewCheck;
  return error.detail.starts_with("Failing row contains") ||
         (by_row && !error.detail.starts_with("Partition key of the failing row"));
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// libpq refused the parameters themselves, before it asked anybody.
bool about_parameters(const std::string& reason) {
  return reason.starts_with("invalid ") || reason.starts_with("could not match ") ||
         mentions(reason, "definition of service") || mentions(reason, "service file");
}

}  // namespace

ServerError server_error(const PGresult* result) {
  const auto field = [&](int code) { return text_or_empty(PQresultErrorField(result, code)); };
  return {
      field(PG_DIAG_SQLSTATE),     field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_MESSAGE_DETAIL),
      field(PG_DIAG_MESSAGE_HINT), field(PG_DIAG_CONTEXT),         field(PG_DIAG_SCHEMA_NAME),
      field(PG_DIAG_TABLE_NAME),   field(PG_DIAG_COLUMN_NAME),     field(PG_DIAG_CONSTRAINT_NAME)};
}

ServerError server_error(std::string sqlstate, const std::string& text) {
  ServerError out;
  out.sqlstate = std::move(sqlstate);
  const std::string line = first_line(text);
  const std::size_t severity = line.find(":  ");
  out.message = severity == std::string::npos ? line : line.substr(severity + 3);
  return out;
}

Error translated(const ServerError& error, Doing doing, bool stopped) {
  const ErrorKind kind = kind_of(error.sqlstate, doing, stopped);
  if (kind == ErrorKind::interrupted) return Error(kind, "interrupted");
  std::string message =
      error.message.empty() ? "the server reported an unknown error" : first_line(error.message);
  if (!error.detail.empty() && !shows_row(error)) message += ": " + first_line(error.detail);
  Error out(kind, message);
  if (is_of_surroundings(error.sqlstate)) out.of_surroundings();
  if (!error.table.empty()) out.table(display({error.schema, error.table}, kDefaultSchema));
  const std::string column = error.column.empty() ? column_in_context(error.context) : error.column;
  if (!column.empty()) out.column(column);
  const std::string hint = hint_for(error.sqlstate);
  if (!hint.empty())
    out.hint(hint);
  else if (!error.hint.empty())
    out.hint(first_line(error.hint));
  return out;
}

std::string Target::place() const {
  if (host.empty()) return port.empty() ? "the default server" : "port " + port;
  const bool socket = host.front() == '/' || host.front() == '@';
  const std::string name = !socket && mentions(host, ":") ? "[" + host + "]" : host;
  return port.empty() ? name : name + ":" + port;
}

Target target_of(const PGconn* connection) {
  return {text_or_empty(PQdb(connection)), text_or_empty(PQhost(connection)),
          text_or_empty(PQport(connection)), text_or_empty(PQuser(connection))};
}

std::string connection_sqlstate(const std::string& message) {
  return last_failure(message).sqlstate;
}

Error cannot_connect(const Target& target, const std::string& message) {
  const ConnectionFailure cause = last_failure(message);
  if (cause.sqlstate.empty() && about_parameters(cause.reason))
    return Error(ErrorKind::usage, "the database address can't be used: " + cause.reason)
        .hint("check the parameters of the database URL");
  Error error(ErrorKind::connection,
              fmt::format("cannot connect to database \"{}\" at {} as \"{}\": {}", target.database,
                          target.place(), target.user, cause.reason));
  if (cause.sqlstate != kNoSuchDatabase) error.of_surroundings();
  return error.hint(connection_hint(cause, target, is_in_container()));
}

}  // namespace dbkeeper::postgres
