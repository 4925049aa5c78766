// Backups of SQLite files: of one moment whoever writes meanwhile, and proven to be sound.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "dbkeeper/model/row_digest.h"
#include "engines/sqlite/backup_run.h"
#include "support/catch.h"

namespace dbkeeper::testing {
namespace {

namespace fs = std::filesystem;

RowTotal rows_by_snapshot(const std::string& address, const TableName& name) {
  const auto database = open(address);
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& table = *schema.find(name);
  RowDigest digest(table.given_columns());
  Batch batch(table.given_columns().size());
  const auto rows = snapshot->rows(table, table.given_columns());
  while (rows->next(batch)) digest.add(batch);
  return {digest.rows(), digest.sum()};
}

// Two accounts whose sum is 1,000 in every state that was ever committed, and something to copy.
constexpr std::string_view kAccounts = R"(
  CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER);
  INSERT INTO account VALUES (1, 400), (2, 600);
  CREATE TABLE bulk (id INTEGER PRIMARY KEY, body TEXT);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 8000)
  INSERT INTO bulk SELECT i, hex(randomblob(1000)) FROM n)";

// Sets $TMPDIR for as long as it lives.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const fs::path& folder) {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", folder.c_str(), 1);
  }
  ~TemporaryFolder() {
    if (before_.empty())
      ::unsetenv("TMPDIR");
    else
      ::setenv("TMPDIR", before_.c_str(), 1);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

 private:
  std::string before_;
};

}  // namespace

TEST_CASE("a backup's image is the whole database, and its totals are those of the tables") {
  for (const std::string& name : fixtures_for("sqlite")) {
    INFO(name);
    ScratchSqlite scratch(fixture(name));
    const Copy copy = copy_of(scratch.url());
    const ScratchFolder folder;
    const fs::path image = folder.write("image.db", copy.image);
    CHECK(content_of(image) == content_of(scratch.path()));
    CHECK(copy.description.engine == "sqlite");
    CHECK(copy.description.database == "test");
    CHECK(copy.description.data_bytes == copy.image.size());
    REQUIRE(copy.description.streams.size() == 1);
    CHECK(copy.description.streams[0].folder == "database.sqlite.zst");
    for (const BackupTable& table : copy.description.tables) {
      INFO(table.name.name);
      CHECK_FALSE(table.stream);
      CHECK(table.total == rows_by_snapshot(scratch.url(), table.name));
    }
  }
}

TEST_CASE("a backup tells the database's settings") {
  ScratchSqlite scratch(
      "PRAGMA page_size = 8192; PRAGMA encoding = 'UTF-16le'; PRAGMA journal_mode = WAL; "
      "PRAGMA user_version = 7; PRAGMA application_id = 42; CREATE TABLE t (a)");
  const Copy copy = copy_of(scratch.url());
  const auto& properties = std::get<Value::Object>(copy.description.properties.data());
  REQUIRE(properties.size() == 7);
  CHECK(std::get<std::int64_t>(properties[0].second.data()) == 8192);
  CHECK(std::get<std::string>(properties[1].second.data()) == "wal");
  CHECK(std::get<std::string>(properties[2].second.data()) == "UTF-16le");
  CHECK(std::get<std::int64_t>(properties[3].second.data()) == 7);
  CHECK(std::get<std::int64_t>(properties[4].second.data()) == 42);
  const auto& objects = std::get<Value::Object>(properties[5].second.data());
  REQUIRE(objects.size() == 1);
  CHECK(objects[0].first == "table t");
  CHECK(std::get<Value::Object>(properties[6].second.data()).empty());
  CHECK(copy.description.source_id);
  CHECK_THAT(copy.description.time, matches("20..-..-..T.*Z"));
}

TEST_CASE("a backup taken while a program writes all the time is of one moment") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(mode);
  ScratchSqlite scratch("PRAGMA journal_mode = " + mode + ";" + std::string(kAccounts));
  std::atomic<bool> done = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    Application application(scratch.path());
    application.exec("PRAGMA synchronous = OFF");
    while (!done) {
      application.exec(
          "BEGIN IMMEDIATE; UPDATE account SET amount = amount - 7 WHERE id = 1; "
          "UPDATE account SET amount = amount + 7 WHERE id = 2; "
          "UPDATE bulk SET body = hex(randomblob(900)) WHERE id = 1 + abs(random()) % 8000; "
          "COMMIT");
      ++written;
    }
  });
  while (written < 3) std::this_thread::yield();
  const ScratchFolder folder;
  for (int round = 0; round < 3; ++round) {
    const Copy copy = copy_of(scratch.url());
    folder.write("image.db", copy.image);
    Application image(folder / "image.db");
    CHECK(image.value("SELECT sum(amount) FROM account") == "1000");
    CHECK(image.value("PRAGMA integrity_check") == "ok");
  }
  done = true;
  writer.join();
}

TEST_CASE("a backup changes nothing of its source, and leaves nothing behind") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(mode);
  ScratchSqlite scratch("PRAGMA journal_mode = " + mode +
                        "; CREATE TABLE t (a); INSERT INTO t "
                        "VALUES (1)");
  const ScratchFolder temporary;
  const TemporaryFolder set(temporary.path());
  const std::string before = bytes_of(scratch.path());
  const Copy copy = copy_of(scratch.url());
  CHECK(bytes_of(scratch.path()) == before);
  CHECK(names_in(scratch.folder().path()) == std::vector<std::string>{"test.db"});
  CHECK(names_in(temporary.path()).empty());
}

TEST_CASE("a backup's copy has no name while it is there") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const ScratchFolder temporary;
  const TemporaryFolder set(temporary.path());
  const auto database = open(scratch.url());
  const auto source = database->begin_backup({});
  CHECK(names_in(temporary.path()).empty());
}

TEST_CASE("what a crash left in the log is in the backup") {
  const ScratchSqlite scratch("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
  const ScratchFolder crashed;
  {
    Application application(scratch.path());
    application.exec("INSERT INTO t VALUES (3)");
    fs::copy_file(scratch.path(), crashed / "test.db");
    fs::copy_file(scratch.path().string() + "-wal", crashed / "test.db-wal");
  }
  const Copy copy = copy_of((crashed / "test.db").string());
  REQUIRE(copy.description.tables.size() == 1);
  CHECK(copy.description.tables[0].total.rows == 1);
}

TEST_CASE("a read-only file in a read-only folder is backed up") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  const ScratchSqlite scratch("PRAGMA journal_mode = " + mode + "; CREATE TABLE t (a)");
  fs::permissions(scratch.path(), fs::perms(0444));
  fs::permissions(scratch.folder().path(), fs::perms(0555));
  const pid_t child = fork();
  if (child == 0) {
    int status = 1;
    try {
      constexpr unsigned kNobody = 65534;
      if (geteuid() != 0 || (setgid(kNobody) == 0 && setuid(kNobody) == 0))
        status = copy_of(scratch.url()).description.tables.size() == 1 ? 0 : 2;
    } catch (...) {
      status = 3;
    }
    _exit(status);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  fs::permissions(scratch.folder().path(), fs::perms(0755));
  CHECK(names_in(scratch.folder().path()) == std::vector<std::string>{"test.db"});
}

TEST_CASE("damage in the source fails its backup, with what SQLite found and the way out") {
  ScratchSqlite scratch(kAccounts);
  scratch.exec("CREATE INDEX bulk_body ON bulk (body)");
  const std::string object = GENERATE(as<std::string>{}, "bulk", "bulk_body");
  INFO(object);
  const int page =
      std::stoi(scratch.query("SELECT rootpage FROM sqlite_master WHERE name = '" + object + "'"));
  overwrite(scratch.path(), (page - 1) * 4096, std::string(4096, '\x55'));
  const Error error = failure([&] { copy_of(scratch.url()); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK_THAT(error.message(), contains("is damaged: "));
  CHECK_THAT(error.hint(), contains("go back to a backup from before"));
}

TEST_CASE("a file that is cut off or encrypted can't be backed up") {
  ScratchSqlite scratch(kAccounts);
  SECTION("cut off") {
    fs::resize_file(scratch.path(), 4096 * 5);
    const Error error = failure([&] { copy_of(scratch.url()); });
    CHECK(error.kind() == ErrorKind::failed);
    CHECK_THAT(error.message(), contains("is damaged"));
  }
  SECTION("encrypted") {
    overwrite(scratch.path(), 0, std::string(200, '\x9a'));
    CHECK(failure([&] { copy_of(scratch.url()); }).kind() == ErrorKind::connection);
  }
}

TEST_CASE("rows that break a rule of their table don't keep it from being backed up") {
  ScratchSqlite scratch(
      "CREATE TABLE t (a, CHECK (a > 0)); PRAGMA ignore_check_constraints = ON; "
      "INSERT INTO t VALUES (-1)");
  scratch.exec(
      "INSERT INTO t VALUES (NULL); PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = "
      "'CREATE TABLE t (a NOT NULL, CHECK (a > 0))'");
  const Copy copy = copy_of(scratch.url());
  CHECK(copy.description.tables.at(0).total.rows == 2);
}

TEST_CASE("a database that is locked for too long is refused") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  OpenOptions options = quiet_options(100);
  options.access = Access::read;
  const auto database = open_database(scratch.url(), options);
  Application application(scratch.path());
  application.exec("BEGIN EXCLUSIVE");
  const Error error = failure([&] { database->begin_backup({}); });
  CHECK(error.kind() == ErrorKind::refused);
  CHECK_THAT(error.hint(), contains("--lock-timeout"));
}

TEST_CASE("a stop ends a backup") {
  const ScratchSqlite scratch(kAccounts);
  Stop stop;
  OpenOptions options = quiet_options();
  options.access = Access::read;
  options.stop = &stop;
  const auto database = open_database(scratch.url(), options);
  const auto source = database->begin_backup({});
  const auto reader = source->reader();
  const Error error =
      failure([&] { reader->read(0, [&](std::string_view) { stop.request(SIGINT); }); });
  CHECK(error.kind() == ErrorKind::interrupted);
  CHECK(failure([&] { open_database(scratch.url(), options); }).kind() == ErrorKind::interrupted);
}

TEST_CASE("what the taker of a backup's bytes throws comes through") {
  const ScratchSqlite scratch(kAccounts);
  const auto database = open(scratch.url());
  const auto source = database->begin_backup({});
  const auto reader = source->reader();
  CHECK_THROWS_AS(reader->read(0, [](std::string_view) { throw std::range_error("full"); }),
                  std::range_error);
}

TEST_CASE("a database without a table is backed up only when that is allowed") {
  const ScratchSqlite scratch("PRAGMA user_version = 3");
  CHECK_THAT(failure([&] { copy_of(scratch.url()); }).hint(), contains("--allow-empty"));
  BackupOptions allowing;
  allowing.allow_empty = true;
  CHECK(copy_of(scratch.url(), allowing).description.tables.empty());

  const ScratchFolder folder;
  const fs::path nothing = folder.write("nothing.db", "");
  CHECK_THAT(failure([&] { copy_of(nothing.string()); }).message(), contains("has no table"));
  CHECK(copy_of(nothing.string(), allowing).description.tables.empty());
}

TEST_CASE("a backup without room for its copy says where and what to do") {
  const ScratchSqlite scratch(kAccounts);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 20, 1 << 20};
    setrlimit(RLIMIT_FSIZE, &limit);
    int status = 1;
    try {
      copy_of(scratch.url());
    } catch (const Error& error) {
      const bool right = error.kind() == ErrorKind::failed &&
                         error.message().starts_with("no room left in '") &&
                         error.hint().find("TMPDIR") != std::string::npos;
      status = right ? 0 : 2;
      if (!right && write(2, error.what(), std::char_traits<char>::length(error.what())) < 0)
        status = 3;
    }
    _exit(status);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

}  // namespace dbkeeper::testing
