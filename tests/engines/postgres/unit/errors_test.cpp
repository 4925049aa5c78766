#include "engines/postgres/errors.h"

#include "engines/postgres/connection_failure.h"

#include "support/catch.h"

namespace dbkeeper::postgres {
namespace {

using testing::contains;

ServerError state(const char* sqlstate) {
  ServerError error;
  error.sqlstate = sqlstate;
  error.message = "said the server";
  return error;
}

const Target kTarget{"shop", "localhost", "5432", "bob"};

Error refused(const std::string& reason) {
  return cannot_connect(
      kTarget, "connection to server at \"localhost\" (127.0.0.1), port 5432 failed: " + reason);
}

// The hint for a host that isn't reached, outside and inside of a container.
std::string hint_for(const std::string& host, const std::string& reason, bool in_container) {
  return connection_hint(last_failure(reason), {"shop", host, "5432", "bob"}, in_container);
}

}  // namespace

TEST_CASE("bad data is a conflict on its way in, and damage on its way out") {
  CHECK(translated(state("22P02"), Doing::writing, false).kind() == ErrorKind::conflict);
  CHECK(translated(state("23505"), Doing::writing, false).kind() == ErrorKind::conflict);
  CHECK(translated(state("22021"), Doing::reading, false).kind() == ErrorKind::failed);
}

TEST_CASE("which row breaks a rule is told by its key, never by all that it holds") {
  for (const auto& [sqlstate, detail] : std::vector<std::pair<const char*, const char*>>{
           {"23514", "Failing row contains (1, scrypt$hash)."},
           {"23502", "Fehlgeschlagene Zeile enthält (1, scrypt$hash, null)."},
           {"44000", "Failing row contains (1, scrypt$hash)."}}) {
    ServerError error = state(sqlstate);
    error.detail = detail;
    CHECK(translated(error, Doing::writing, false).message() == "said the server");
  }
  ServerError twice = state("23505");
  twice.detail = "Key (email)=(a@x) already exists.";
  CHECK_THAT(translated(twice, Doing::writing, false).message(), contains("(email)=(a@x)"));
  ServerError nowhere = state("23514");
  nowhere.detail = "Partition key of the failing row contains (region) = (north).";
  CHECK_THAT(translated(nowhere, Doing::writing, false).message(), contains("north"));
}

TEST_CASE("a cancelled statement is an interruption only if a stop was asked for") {
  CHECK(translated(state("57014"), Doing::reading, true).kind() == ErrorKind::interrupted);
  CHECK(translated(state("57014"), Doing::reading, false).kind() == ErrorKind::failed);
}

TEST_CASE("a lock not got in time is a refusal with a way out") {
  const Error error = translated(state("55P03"), Doing::writing, false);
  CHECK(error.kind() == ErrorKind::refused);
  CHECK_THAT(error.hint(), contains("--lock-timeout"));
}

TEST_CASE("an error names table and column, from the context of COPY too") {
  ServerError error = state("23502");
  error.schema = "app";
  error.table = "users";
  error.column = "email";
  CHECK(translated(error, Doing::writing, false).table() == "app.users");
  CHECK(translated(error, Doing::writing, false).column() == "email");
  ServerError input = state("22P02");
  input.context = "JSON data, line 1: nonsense\nCOPY users, line 3, column settings: \"nonsense\"";
  CHECK(translated(input, Doing::writing, false).column() == "settings");
}

TEST_CASE("a refused connection says whom, where, as whom and why") {
  const Error error = refused(
      "FATAL:  28P01: password authentication failed for user \"bob\"\nLOCATION:  auth_failed, "
      "auth.c:326\n");
  CHECK(error.kind() == ErrorKind::connection);
  CHECK(error.message() ==
        "cannot connect to database \"shop\" at localhost:5432 as \"bob\": password authentication "
        "failed for user \"bob\"");
  CHECK_THAT(error.hint(), contains("password"));
}

TEST_CASE("each cause of a failed connection has its own hint") {
  CHECK_THAT(refused("Connection refused\n\tIs the server running on that host?\n").hint(),
             contains("Compose"));
  CHECK_THAT(refused("FATAL:  3D000: database \"shop\" does not exist\n").hint(),
             contains("create the database"));
  CHECK_THAT(refused("FATAL:  53300: sorry, too many clients already\n").hint(),
             contains("no connection left"));
  CHECK_THAT(refused("FATAL:  57P03: the database system is starting up\n").hint(),
             contains("starting up"));
  CHECK_THAT(refused("FATAL:  28000: no pg_hba.conf entry for host \"::1\"\n").hint(),
             contains("pg_hba.conf"));
  CHECK_THAT(cannot_connect(kTarget,
                            "could not translate host name \"nohost\" to address: Name or "
                            "service not known\n")
                 .hint(),
             contains("check the host's name"));
}

TEST_CASE("a host that Compose knows is told from one that nobody knows, by where dbkeeper runs") {
  const auto unknown = [](const std::string& host, bool in_container) {
    return hint_for(
        host,
        "could not translate host name \"" + host + "\" to address: Name or service not known\n",
        in_container);
  };
  CHECK_THAT(unknown("db", false), contains("if 'db' is a service of Docker Compose") &&
                                       contains("docker compose run") &&
                                       contains("localhost and the port"));
  CHECK_THAT(unknown("db", true), contains("a network of this container"));
  CHECK(unknown("db.example.com", false) == "check the host's name");
  const std::string refusal = "connection to server at \"h\" failed: Connection refused\n";
  CHECK_THAT(hint_for("localhost", refusal, true), contains("localhost is the container itself"));
  CHECK_THAT(hint_for("127.0.0.1", refusal, true), contains("127.0.0.1 is the container itself"));
  CHECK_THAT(hint_for("localhost", refusal, false), contains("a port that it publishes"));
  CHECK_THAT(hint_for("db", refusal, true), contains("is db:5432 right?") && !contains("itself"));
}

TEST_CASE("what comes up by itself is waited for, and what stays wrong isn't") {
  for (const char* message :
       {"could not translate host name \"db\" to address: Name or service not known\n",
        "connection to server at \"db\" (10.0.0.2), port 5432 failed: Connection refused\n\tIs "
        "it?\n",
        "connection to server on socket \"/x/.s.PGSQL.5432\" failed: No such file or directory\n",
        "connection to server at \"127.0.0.1\", port 5432 failed: server closed the connection "
        "unexpectedly\n\tThis probably means …\n",
        "connection to server at \"db\", port 5432 failed: No route to host\n",
        "FATAL:  57P03: the database system is starting up\nLOCATION:  x\n",
        "no answer within 10 s"})
    CHECK(is_not_up_yet(last_failure(message)));
  for (const char* message :
       {"FATAL:  28P01: password authentication failed for user \"bob\"\n",
        "FATAL:  3D000: database \"shop\" does not exist\n", "invalid sslmode value: \"often\"\n",
        "connection to server at \"db\" failed: fe_sendauth: no password supplied\n",
        "connection to server at \"db\" failed: server does not support SSL, but SSL was "
        "required\n"})
    CHECK_FALSE(is_not_up_yet(last_failure(message)));
}

TEST_CASE("of several attempts the last one counts, in any language") {
  const std::string message =
      "connection to server at \"h\" (::1), port 5432 failed: Connection refused\n\tIs the server "
      "running?\nconnection to server at \"h\" (127.0.0.1), port 5432 failed: FATAL:  28P01: "
      "Passwort-Authentifizierung fehlgeschlagen\nORT:  auth_failed, auth.c:326\n";
  CHECK(connection_sqlstate(message) == "28P01");
  CHECK_THAT(cannot_connect(kTarget, message).message(), contains("Passwort"));
  CHECK(connection_sqlstate("FATAL:  3D000: database \"x\" does not exist\n") == "3D000");
}

TEST_CASE("a parameter that libpq refuses is a matter of usage") {
  CHECK(cannot_connect(kTarget, "invalid sslmode value: \"often\"\n").kind() == ErrorKind::usage);
  CHECK(cannot_connect(kTarget, "definition of service \"x\" not found\n").kind() ==
        ErrorKind::usage);
}

TEST_CASE("a place is written as in a URL, a socket as its folder and port") {
  CHECK(Target{"d", "h", "5432", "u"}.place() == "h:5432");
  CHECK(Target{"d", "::1", "5432", "u"}.place() == "[::1]:5432");
  CHECK(Target{"d", "/run/postgresql", "5432", "u"}.place() == "/run/postgresql:5432");
}

}  // namespace dbkeeper::postgres
