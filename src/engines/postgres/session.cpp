#include "engines/postgres/session.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/postgres/connector.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr int kOldestServer = 130000;

void pass_on_notice(void* reporter, const char* message) {
  std::string_view text(message);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  static_cast<Reporter*>(reporter)->debug(text);
}

RawConnection remember(RawConnection connection, PGconn*& raw) {
  raw = connection.get();
  return connection;
}

// Whatever the database, the role or the environment set: values read and write the same.
// A database without encoding checks what it sends to a client with one: such a client has none.
std::string fixed_settings(int server_version, bool any_bytes, const OpenOptions& options) {
  std::string sql =
      any_bytes ? "SET client_encoding = 'SQL_ASCII';" : "SET client_encoding = 'UTF8';";
  sql +=
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';"
      "SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET bytea_output = 'hex';"
      "SET standard_conforming_strings = on; SET lc_monetary = 'C'; SET xmloption = 'content';"
      "SET array_nulls = on; SET quote_all_identifiers = off; SET row_security = off;"
      "SET client_min_messages = 'warning'; SET statement_timeout = 0;"
      "SET idle_in_transaction_session_timeout = 0; SET synchronize_seqscans = off; SET jit = off;";
  if (server_version >= 140000) sql += "SET idle_session_timeout = 0;";
  if (server_version >= 170000) sql += "SET transaction_timeout = 0;";
  sql += fmt::format("SET lock_timeout = {};", options.lock_timeout.count());
  if (options.access == Access::read)
    sql += "SET default_transaction_read_only = on; SET search_path = pg_catalog;";
  else
    sql += "SET default_transaction_read_only = off;";
  return sql;
}

std::string given_settings(const Conninfo::Pairs& settings) {
  std::string sql;
  for (const auto& [name, value] : settings)
    sql +=
        fmt::format("SELECT pg_catalog.set_config({}, {}, false);", literal(name), literal(value));
  return sql;
}

}  // namespace

Session::Session(const Conninfo& conninfo, const OpenOptions& options)
    : options_(options),
      connection_(remember(connect(conninfo, options), raw_)),
      statements_(connection_),
      canceller_(raw_, *options.stop),
      target_(target_of(raw_)) {
  PQsetNoticeProcessor(raw_, pass_on_notice, options.reporter);
  if (server_version() < kOldestServer)
    throw Error(
        ErrorKind::connection,
        fmt::format("the server at {} is PostgreSQL {}, too old for dbkeeper", target_.place(),
                    text_or_empty(PQparameterStatus(raw_, "server_version"))))
        .hint("PostgreSQL 13 or later is needed");
}

Session::~Session() = default;

void Session::apply_settings(const Conninfo& conninfo) {
  lift_statement_timeout();
  if (!conninfo.settings.empty()) try {
      command(given_settings(conninfo.settings));
      lift_statement_timeout();
    } catch (Error& error) {
      throw Error(error.kind() == ErrorKind::interrupted ? error.kind() : ErrorKind::usage,
                  "a setting in the address's options can't be used: " + error.message())
          .hint("check options=-c name=value in the database URL");
    }
  any_bytes_ = text_or_empty(PQparameterStatus(raw_, "server_encoding")) == "SQL_ASCII";
  command(fixed_settings(server_version(), any_bytes_, options_));
}

void Session::lift_statement_timeout() {
  despite_timeout([this] { command("SET statement_timeout = 0"); });
}

pqxx::result Session::query(std::string_view sql) {
  const Blocking blocking(canceller_);
  try {
    return statements_.exec(std::string(sql));
  } catch (const pqxx::sql_error& error) {
    if (!alive()) throw lost();
    throw translated(server_error(error.sqlstate(), error.what()), doing_,
                     options_.stop->requested());
  } catch (const pqxx::failure& error) {
    if (!alive()) throw lost();
    throw Error(ErrorKind::failed, error.what());
  }
}

std::string Session::value(const std::string& sql) {
  const pqxx::result rows = query(sql);
  if (rows.size() != 1 || rows[0].size() != 1)
    throw Error(ErrorKind::failed, "the server's answer has not the one value asked for");
  return rows[0][0].c_str();
}

void Session::command(const std::string& sql) { change(sql); }

std::int64_t Session::change(const std::string& sql) {
  const Blocking blocking(canceller_);
  const RawResult result(PQexec(raw_, sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw error(result.get());
  return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
}

bool Session::command_quietly(const std::string& sql, std::chrono::milliseconds patience) noexcept {
  const Tidying tidying(canceller_, patience);
  const RawResult result(PQexec(raw_, sql.c_str()));
  return PQresultStatus(result.get()) == PGRES_COMMAND_OK;
}

void Session::commit() {
  try {
    command("COMMIT");
  } catch (const Error&) {
    if (alive()) throw;
    throw Error(options_.stop->requested() ? ErrorKind::interrupted : ErrorKind::connection,
                "the connection was lost during the commit: whether the change is in the database "
                "is not known")
        .hint("look into the database before you try again")
        .of_surroundings();
  }
}

std::optional<Session::Failure> Session::run_all(const std::vector<std::string>& statements) {
  const Blocking blocking(canceller_);
  if (!PQsendQuery(raw_, join(statements, ";").c_str())) throw error(nullptr);
  std::optional<Failure> failure;
  std::size_t done = 0;
  while (const RawResult result{PQgetResult(raw_)}) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
      ++done;
    else if (!failure)
      failure = {done, text_or_empty(PQresultErrorField(result.get(), PG_DIAG_SQLSTATE)),
                 error(result.get())};
  }
  return failure;
}

Session::Parsed Session::parse(const std::string& statement) {
  const Blocking blocking(canceller_);
  const RawResult prepared(PQprepare(raw_, "", statement.c_str(), 0, nullptr));
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return {error(prepared.get())};
  const RawResult described(PQdescribePrepared(raw_, ""));
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return {error(described.get())};
  return {std::nullopt, PQnparams(described.get())};
}

Error Session::error(const PGresult* result) const {
  if (!alive()) return lost();
  if (!result) return Error(ErrorKind::failed, text_or_empty(PQerrorMessage(raw_)));
  ServerError what = server_error(result);
  if (what.message.empty()) what.message = text_or_empty(PQerrorMessage(raw_));
  return translated(what, doing_, options_.stop->requested());
}

Error Session::lost() const {
  if (options_.stop->requested()) return Error(ErrorKind::interrupted, "interrupted");
  return Error(ErrorKind::failed, fmt::format("lost the connection to database \"{}\" at {}",
                                              target_.database, target_.place()))
      .hint("see the server's log; then try again")
      .of_surroundings();
}

}  // namespace dbkeeper::postgres
