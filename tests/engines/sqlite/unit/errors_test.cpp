#include "engines/sqlite/errors.h"

#include <sqlite3.h>

#include <cerrno>

#include "dbkeeper/base/json_text.h"
#include "engines/sqlite/conflict.h"
#include "engines/sqlite/shown.h"
#include "support/catch.h"

namespace dbkeeper::sqlite {
namespace {

using dbkeeper::testing::contains;

Circumstances somewhere() {
  return {.path = "/srv/app.db", .lock_timeout = std::chrono::milliseconds(1500)};
}

}  // namespace

TEST_CASE("each kind of SQLite error has its kind and names the file") {
  const std::pair<int, ErrorKind> codes[] = {
      {SQLITE_BUSY, ErrorKind::refused},        {SQLITE_BUSY_SNAPSHOT, ErrorKind::refused},
      {SQLITE_CORRUPT, ErrorKind::failed},      {SQLITE_NOTADB, ErrorKind::connection},
      {SQLITE_CANTOPEN, ErrorKind::connection}, {SQLITE_READONLY_DBMOVED, ErrorKind::connection},
      {SQLITE_FULL, ErrorKind::failed},         {SQLITE_IOERR_READ, ErrorKind::failed},
      {SQLITE_ERROR, ErrorKind::failed},
  };
  for (const auto& [code, kind] : codes) {
    const Error error = translate(code, "what SQLite says", somewhere());
    INFO(error.message());
    CHECK(error.kind() == kind);
    CHECK_THAT(error.message(), contains("/srv/app.db"));
  }
}

TEST_CASE("a lock not got says how long it was waited for") {
  const Error error = translate(SQLITE_BUSY, "database is locked", somewhere());
  CHECK_THAT(error.message(), contains("1.5 s"));
  CHECK_THAT(error.hint(), contains("--lock-timeout"));
}

TEST_CASE("what fails after a stop was interrupted") {
  Circumstances where = somewhere();
  CHECK(translate(SQLITE_INTERRUPT, "interrupted", where).kind() == ErrorKind::interrupted);
  where.stopping = true;
  CHECK(translate(SQLITE_BUSY, "database is locked", where).kind() == ErrorKind::interrupted);
  CHECK(translate(SQLITE_CORRUPT, "malformed", where).kind() == ErrorKind::failed);
}

TEST_CASE("the system's reason is told where there is one") {
  Circumstances where = somewhere();
  where.system_error = EACCES;
  CHECK_THAT(translate(SQLITE_CANTOPEN, "unable to open database file", where).message(),
             contains("Permission denied"));
}

TEST_CASE("a refused row's message names table, column and value") {
  const std::string table = "users";
  const std::vector<std::string> columns = {"id", "mail", "email"};
  Batch batch(3);
  batch.add_integer(7);
  batch.add_null();
  batch.add(CellKind::text, "ann@example.com");
  const OfferedRow row{table, columns, batch, 0};

  const Error unique =
      conflict(SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: users.id, users.email", row);
  CHECK(unique.kind() == ErrorKind::conflict);
  CHECK(unique.message() == "'users' has a row with id 7, email 'ann@example.com' already");
  CHECK(unique.table() == "users");
  CHECK(unique.column() == "id, email");

  const Error null =
      conflict(SQLITE_CONSTRAINT_NOTNULL, "NOT NULL constraint failed: users.mail", row);
  CHECK(null.message() == "users.mail cannot be NULL");
  CHECK(null.column() == "mail");

  const Error type = conflict(SQLITE_CONSTRAINT_DATATYPE,
                              "cannot store TEXT value in INTEGER column users.email", row);
  CHECK_THAT(type.message(), contains("cannot store TEXT"));
  CHECK(type.column() == "email");

  const Error index =
      conflict(SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: index 'users_lower'", row);
  CHECK_THAT(index.message(), contains("users_lower"));
  CHECK(index.column().empty());
}

TEST_CASE("a refused row is named by its primary key, of whatever type") {
  const std::string table = "users";
  const std::vector<std::string> columns = {"id", "mail"};
  Batch batch(2);
  batch.add_integer(7);
  batch.add(CellKind::text, "secret hash");
  const Error check = conflict(SQLITE_CONSTRAINT_CHECK, "CHECK constraint failed: n > 0",
                               {table, columns, batch, 0, {"id"}});
  CHECK(check.message() == "a row of 'users' breaks its check n > 0 (the row id 7)");
  CHECK(json_of(check.key()) == "{\"id\":7}");
  const Error twice = conflict(SQLITE_CONSTRAINT_PRIMARYKEY, "UNIQUE constraint failed: users.id",
                               {table, columns, batch, 0, {"id"}});
  CHECK(twice.message() == "'users' has a row with id 7 already");
  const Error named = conflict(SQLITE_CONSTRAINT_NOTNULL, "NOT NULL constraint failed: users.x",
                               {table, columns, batch, 0, {"mail"}});
  CHECK_THAT(named.message(), contains("(the row mail 'secret hash')"));
}

TEST_CASE("a long value is cut in a message") {
  Batch batch(2);
  batch.add(CellKind::text, std::string(5000, 'x'));
  batch.add(CellKind::bytes, std::string_view("\x00\xff", 2));
  CHECK(shown(batch.at(0, 0)).size() < 80);
  CHECK(shown(batch.at(0, 1)) == "x'00ff'");
  std::string accents;
  for (int i = 0; i < 60; ++i) accents += "é";
  CHECK(shortened("x" + accents) == "x" + accents.substr(0, 58) + "…");
}

}  // namespace dbkeeper::sqlite
