// From what the server and libpq report to dbkeeper's Error: the one place that knows SQLSTATEs.
#pragma once

#include <string>

#include "dbkeeper/base/error.h"
#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {

// What the server says about a failure, in its parts; those that it leaves out are empty.
struct ServerError {
  std::string sqlstate;
  std::string message;  // primary, one line
  std::string detail;
  std::string hint;
  std::string context;
  std::string schema;
  std::string table;
  std::string column;
  std::string constraint;
};

ServerError server_error(const PGresult* result);

// The same from the one text that libpqxx keeps of it.
ServerError server_error(std::string sqlstate, const std::string& text);

// Whose fault bad data is: what comes out of the database is damage, what goes in a conflict.
enum class Doing { reading, writing };

// `stopped`: a cancelled statement was cancelled since the user asked to stop.
Error translated(const ServerError& error, Doing doing, bool stopped);

// Whom the connection was meant for, as messages name it.
struct Target {
  std::string database;
  std::string host;  // or the socket's folder
  std::string port;
  std::string user;

  std::string place() const;  // "localhost:5432", "/run/postgresql"
};

Target target_of(const PGconn* connection);

// Why there is no connection. `message` is libpq's, at verbosity `verbose` while the server was
// asked, so that a SQLSTATE stands in it whatever the server's language.
Error cannot_connect(const Target& target, const std::string& message);

// The SQLSTATE in such a message; empty if the server itself never answered.
std::string connection_sqlstate(const std::string& message);

}  // namespace dbkeeper::postgres
