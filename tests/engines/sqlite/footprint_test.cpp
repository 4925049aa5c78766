// What opening a database leaves behind: nothing.
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include <sqlite3.h>

#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void read_everything(const std::string& address) {
  const auto database = open(address);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  REQUIRE(schema.tables.size() == 1);
  snapshot->read_through(schema.tables[0], Depth::full);
}

std::string filled(const std::string& journal_mode) {
  return "PRAGMA journal_mode = " + journal_mode +
         "; CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)";
}

// A connection of some application's, open all the while.
class Application {
 public:
  explicit Application(const fs::path& path, const char* sql) {
    REQUIRE(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~Application() { sqlite3_close(handle_); }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

 private:
  sqlite3* handle_ = nullptr;
};

// Runs the work as another user if the tests run as root, who may write everything, and tells
// whether it succeeded.
bool as_ordinary_user(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 1;
    try {
      constexpr unsigned kNobody = 65534;
      if (geteuid() != 0 || (setgid(kNobody) == 0 && setuid(kNobody) == 0)) {
        work();
        status = 0;
      }
    } catch (const Error& error) {
      const std::string text = error.message() + "\n";
      if (write(2, text.data(), text.size()) < 0) status = 2;
    } catch (...) {
      status = 3;
    }
    _exit(status);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void require_rows(const std::string& address, std::int64_t rows) {
  const auto database = open(address);
  const auto snapshot = database->snapshot();
  if (snapshot->count(snapshot->schema().tables.at(0)) != rows)
    throw Error(ErrorKind::failed, "other rows than expected");
}

}  // namespace

TEST_CASE("reading leaves the folder and every file as they were") {
  const auto journal_mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(journal_mode);
  const ScratchSqlite scratch(filled(journal_mode));
  const std::string before = content(scratch.path());
  REQUIRE(names_in(scratch.folder().path()) == std::vector<std::string>{"test.db"});
  read_everything(scratch.url());
  CHECK(names_in(scratch.folder().path()) == std::vector<std::string>{"test.db"});
  CHECK(content(scratch.path()) == before);
}

TEST_CASE("reading beside an application leaves its files alone") {
  const auto journal_mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(journal_mode);
  const ScratchSqlite scratch(filled(journal_mode));
  {
    const Application application(scratch.path(), "INSERT INTO t VALUES (3)");
    const auto before = names_in(scratch.folder().path());
    const std::string log = content(scratch.path().string() + "-wal");
    read_everything(scratch.url());
    require_rows(scratch.url(), 3);
    CHECK(names_in(scratch.folder().path()) == before);
    CHECK(content(scratch.path().string() + "-wal") == log);
  }
  CHECK(names_in(scratch.folder().path()) == std::vector<std::string>{"test.db"});
}

TEST_CASE("a transaction that a crash left half done is rolled back before reading") {
  const ScratchSqlite scratch(filled("DELETE"));
  const ScratchFolder crashed;
  {
    // A copy of the files in the middle of a transaction is what a crash leaves. The small cache
    // makes it write to the database before the commit.
    const Application application(
        scratch.path(),
        "PRAGMA cache_size = 1; BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n LIMIT 5000) INSERT INTO t SELECT i || ' and more' FROM n");
    fs::copy(scratch.folder().path(), crashed.path());
  }
  REQUIRE(fs::exists(crashed / "test.db-journal"));
  require_rows((crashed / "test.db").string(), 2);
  CHECK_FALSE(fs::exists(crashed / "test.db-journal"));
}

TEST_CASE("what a crash left in the write-ahead log is read") {
  const ScratchSqlite scratch(filled("WAL"));
  const ScratchFolder crashed;
  {
    const Application application(scratch.path(), "INSERT INTO t VALUES (3)");
    fs::copy_file(scratch.path(), crashed / "test.db");
    fs::copy_file(scratch.path().string() + "-wal", crashed / "test.db-wal");
  }
  require_rows((crashed / "test.db").string(), 3);
}

TEST_CASE("a WAL database that can't be written to is read without a trace") {
  const ScratchSqlite scratch(filled("WAL"));
  fs::permissions(scratch.path(), fs::perms(0444));
  SECTION("in a folder that can't be either") {
    fs::permissions(scratch.folder().path(), fs::perms(0555));
  }
  SECTION("in a folder that can") { fs::permissions(scratch.folder().path(), fs::perms(0777)); }
  CHECK(as_ordinary_user([&] { require_rows(scratch.url(), 2); }));
  CHECK(names_in(scratch.folder().path()) == std::vector<std::string>{"test.db"});
  fs::permissions(scratch.folder().path(), fs::perms(0755));
}

TEST_CASE("a writable WAL database in a folder that isn't is read without a trace") {
  const ScratchSqlite scratch(filled("WAL"), "a?b%20#.db");
  fs::permissions(scratch.path(), fs::perms(0666));
  fs::permissions(scratch.folder().path(), fs::perms(0555));
  CHECK(as_ordinary_user([&] { require_rows(scratch.path().string(), 2); }));
  fs::permissions(scratch.folder().path(), fs::perms(0755));
  CHECK(names_in(scratch.folder().path()) == std::vector<std::string>{"a?b%20#.db"});
}

TEST_CASE("a file without permission to read or write is refused") {
  const ScratchSqlite scratch(filled("DELETE"));
  fs::permissions(scratch.folder().path(), fs::perms(0755));
  const auto refused = [&](Access access, const std::string& message) {
    return as_ordinary_user([&] {
      try {
        open(scratch.url(), access);
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::connection &&
            error.message().find(message) != std::string::npos)
          return;
        throw;
      }
      throw Error(ErrorKind::failed, "it opened");
    });
  };
  fs::permissions(scratch.path(), fs::perms(0000));
  CHECK(refused(Access::read, "permission denied"));
  fs::permissions(scratch.path(), fs::perms(0444));
  CHECK(refused(Access::write, "cannot be written to"));
}

TEST_CASE("opening a database twice in one process keeps the first one's lock") {
  // Closing any other descriptor of the file would drop it, and the writer could commit under the
  // reader's feet.
  const ScratchSqlite scratch(filled("DELETE"));
  const auto reader = open(scratch.url());
  const auto snapshot = reader->snapshot();
  const Schema schema = snapshot->schema();
  require_rows(scratch.url(), 2);
  sqlite3* writer = nullptr;
  REQUIRE(sqlite3_open(scratch.path().c_str(), &writer) == SQLITE_OK);
  CHECK(sqlite3_exec(writer, "INSERT INTO t VALUES (3)", nullptr, nullptr, nullptr) == SQLITE_BUSY);
  sqlite3_close(writer);
  CHECK(snapshot->count(schema.tables.at(0)) == 2);
}

}  // namespace dbkeeper::testing
