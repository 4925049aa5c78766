// One connection with dbkeeper's fixed settings. libpqxx runs its queries, libpq its COPY; both on
// the same PGconn. One thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "dbkeeper/engines/connect.h"
#include "engines/postgres/canceller.h"
#include "engines/postgres/conninfo.h"
#include "engines/postgres/errors.h"
#include "engines/postgres/libpq.h"
#include "engines/postgres/pqxx_connection.h"

namespace dbkeeper::postgres {

class Session {
 public:
  // Connects. The session has none of dbkeeper's settings yet: behind a pooler they would reach
  // other clients. Requires: options.stop and options.reporter outlive the session.
  Session(const Conninfo& conninfo, const OpenOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The address's own settings, then those that make every value's text the same everywhere.
  void apply_settings(const Conninfo& conninfo);

  // Runs a short statement that the database's or role's own statement_timeout may end, which holds
  // until ours is set: then once more.
  template <class Work>
  auto despite_timeout(Work work) {
    constexpr int kAttempts = 20;
    for (int attempt = 1; attempt < kAttempts; ++attempt) try {
        return work();
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::failed || !alive()) throw;
      }
    return work();
  }

  // The rows of one statement.
  pqxx::result query(std::string_view sql);
  // The one value of one row.
  std::string value(const std::string& sql);

  // Statements without rows; several, parted by ;, take one round trip.
  void command(const std::string& sql);
  // One statement; the number of rows that it wrote.
  std::int64_t change(const std::string& sql);
  // As command(), but a stop doesn't hinder it and a failure is silent: to clean up while
  // unwinding. After a stop a server that doesn't answer in time loses the session.
  bool command_quietly(const std::string& sql,
                       std::chrono::milliseconds patience = Tidying::kPatience) noexcept;
  // Ends the transaction that is open. Error(connection), or Error(interrupted) after a stop, if
  // the server is lost meanwhile: nobody knows then what it did.
  void commit();

  // Runs statements without rows in one round trip, up to the first that fails.
  struct Failure {
    std::size_t statement;  // its number
    std::string sqlstate;
    Error error;
  };
  std::optional<Failure> run_all(const std::vector<std::string>& statements);

  // One statement, parsed and not run. A failure leaves the transaction to be rolled back.
  struct Parsed {
    std::optional<Error> failure;
    int parameters = 0;
  };
  Parsed parse(const std::string& statement);

  // For COPY. Work on it stands within Blocking(canceller()), or Tidying.
  PGconn* raw() const { return raw_; }
  Canceller& canceller() { return canceller_; }
  // Why libpq failed: of the result, or of the connection if it is gone.
  Error error(const PGresult* result) const;

  // Throws Error(interrupted) once a stop was requested.
  void check_stop() const { options_.stop->check(); }
  void doing(Doing doing) { doing_ = doing; }
  bool alive() const { return PQstatus(raw_) == CONNECTION_OK; }
  const Target& target() const { return target_; }
  // The process that the server said serves us when we connected.
  int announced_pid() const { return PQbackendPID(raw_); }
  int server_version() const { return PQserverVersion(raw_); }
  // The database's encoding is none: texts may hold any bytes.
  bool any_bytes() const { return any_bytes_; }

 private:
  void lift_statement_timeout();
  Error lost() const;

  const OpenOptions options_;
  PGconn* raw_ = nullptr;  // owned by connection_
  PqxxConnection connection_;
  pqxx::nontransaction statements_;
  Canceller canceller_;
  Target target_;
  Doing doing_ = Doing::reading;
  bool any_bytes_ = false;
};

}  // namespace dbkeeper::postgres
