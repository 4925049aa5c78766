#include "support/scratch.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace dbkeeper::testing {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

std::string server_variable(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value) {
    fail("this test needs a PostgreSQL server (" + std::string(name) +
         " is not set): run under scripts/with-postgres");
  }
  return value;
}

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

Connection connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) fail(PQerrorMessage(connection.get()));
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

Result run(PGconn* connection, std::string_view sql) {
  Result result(PQexec(connection, std::string(sql).c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    fail("PostgreSQL: " + std::string(PQerrorMessage(connection)));
  }
  return result;
}

std::string next_database_name() {
  static std::atomic<int> counter = 0;
  return "scratch_" + std::to_string(getpid()) + "_" + std::to_string(++counter);
}

using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

Handle open_sqlite(const std::filesystem::path& path) {
  sqlite3* raw = nullptr;
  const int status =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Handle handle(raw, sqlite3_close);
  if (status != SQLITE_OK) fail("SQLite: " + std::string(sqlite3_errmsg(raw)));
  sqlite3_busy_timeout(raw, 5000);
  // It dies with the test: no need to wait for the disk after every statement.
  sqlite3_exec(raw, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
  return handle;
}

// A result as text, filled row by row.
struct Rows {
  std::string text;
  bool first = true;
};

int append_row(void* out, int columns, char** values, char**) {
  Rows& rows = *static_cast<Rows*>(out);
  if (!rows.first) rows.text += '\n';
  rows.first = false;
  for (int i = 0; i < columns; ++i) {
    if (i > 0) rows.text += '|';
    if (values[i]) rows.text += values[i];
  }
  return 0;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dbkeeper-test.XXXXXX").string();
  if (!mkdtemp(pattern.data())) fail("cannot make a folder like " + pattern);
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path ScratchFolder::write(std::string_view name, std::string_view content) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << content;
  if (!out.flush()) fail("cannot write " + path.string());
  return path;
}

std::string postgres_url(std::string_view name) {
  std::string url = server_variable("DBKEEPER_TEST_POSTGRES");
  return url.substr(0, url.rfind('/') + 1) + std::string(name);
}

std::filesystem::path postgres_programs() { return server_variable("DBKEEPER_TEST_PGBIN"); }

ScratchPostgres::ScratchPostgres(std::string_view sql)
    : name_(next_database_name()), url_(postgres_url(name_)) {
  const Connection server = connect(postgres_url("postgres"));
  run(server.get(), "CREATE DATABASE " + name_ + " TEMPLATE template0");
  try {
    if (!sql.empty()) exec(sql);
  } catch (...) {
    run(server.get(), "DROP DATABASE " + name_ + " WITH (FORCE)");
    throw;
  }
}

ScratchPostgres::~ScratchPostgres() {
  try {
    run(connect(postgres_url("postgres")).get(),
        "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server goes away with its databases anyway.
  }
}

void ScratchPostgres::exec(std::string_view sql) { run(connect(url_).get(), sql); }

std::string ScratchPostgres::query(std::string_view sql) {
  const Connection connection = connect(url_);
  const Result result = run(connection.get(), sql);
  std::string text;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    if (row > 0) text += '\n';
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      if (column > 0) text += '|';
      text += PQgetvalue(result.get(), row, column);
    }
  }
  return text;
}

ScratchSqlite::ScratchSqlite(std::string_view sql, std::string_view name) : path_(folder_ / name) {
  exec(sql.empty() ? "PRAGMA user_version = 0" : sql);
}

void ScratchSqlite::exec(std::string_view sql) { query(sql); }

std::string ScratchSqlite::query(std::string_view sql) {
  const Handle handle = open_sqlite(path_);
  Rows rows;
  char* message = nullptr;
  if (sqlite3_exec(handle.get(), std::string(sql).c_str(), append_row, &rows, &message) !=
      SQLITE_OK) {
    const std::string what = message ? message : "unknown error";
    sqlite3_free(message);
    fail("SQLite: " + what);
  }
  return std::move(rows.text);
}

}  // namespace dbkeeper::testing
