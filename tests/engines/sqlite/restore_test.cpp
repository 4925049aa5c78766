// Restores into SQLite files: the old content or the new, for whoever has the file open and
// whatever happens meanwhile.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "dbkeeper/base/text.h"
#include "engines/sqlite/backup_run.h"
#include "engines/sqlite/connection.h"
#include "engines/sqlite/page_copy.h"
#include "support/catch.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_like(const fs::path& folder, const std::string& pattern) {
  std::vector<std::string> names = names_in(folder);
  std::erase_if(names, [&](const std::string& name) { return !glob_matches(pattern, name); });
  return names;
}

std::string rows_sql(const std::string& mode, int page, const std::string& word, int rows) {
  return "PRAGMA page_size = " + std::to_string(page) + "; PRAGMA journal_mode = " + mode +
         "; CREATE TABLE t (word TEXT, body TEXT); CREATE INDEX t_word ON t (word); "
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " +
         std::to_string(rows) + ") INSERT INTO t SELECT '" + word +
         "', hex(randomblob(300)) FROM n; DELETE FROM t WHERE rowid % 7 = 3";
}

// Runs the work in a child process; its exit status, or 128 and the signal's number.
int in_child(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 1;
    try {
      status = work() ? 0 : 2;
    } catch (const Error& error) {
      const std::string text = error.message() + "\n";
      status = write(2, text.data(), text.size()) < 0 ? 4 : 3;
    } catch (...) {
      status = 5;
    }
    _exit(status);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("every fixture comes back as it was, into a new file and over an old one") {
  for (const std::string& name : fixtures_for("sqlite")) {
    INFO(name);
    const ScratchSqlite source(fixture(name));
    const Copy copy = copy_of(source.url());
    const std::string wanted = content_of(source.path());
    const ScratchFolder folder;
    const RestoreReport report = restore_to((folder / "new.db").string(), copy);
    CHECK_FALSE(report.in_place);
    CHECK(report.put_aside.empty());
    CHECK(content_of(folder / "new.db") == wanted);
    CHECK(names_in(folder.path()) == std::vector<std::string>{"new.db"});

    const ScratchSqlite old("CREATE TABLE other (a); INSERT INTO other VALUES (zeroblob(90000))");
    CHECK(restore_to(old.url(), copy).in_place);
    CHECK(content_of(old.path()) == wanted);
    CHECK(names_in(old.folder().path()) == std::vector<std::string>{"test.db"});
  }
}

TEST_CASE("a restore works across page sizes and journal modes and keeps the target's mode") {
  const int from = GENERATE(512, 4096, 65536);
  const int to = GENERATE(512, 1024, 4096, 65536);
  const std::string from_mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  const std::string to_mode = GENERATE(as<std::string>{}, "delete", "wal");
  INFO(from_mode << " " << from << " into " << to_mode << " " << to);
  const ScratchSqlite source(rows_sql(from_mode, from, "new", 400));
  ScratchSqlite target(rows_sql(to_mode, to, "old", 900));
  const std::string wanted = content_of(source.path());
  {
    Application application(target.path());  // which has read, and holds no lock any more
    CHECK(application.value("SELECT word FROM t") == "old");
    restore_to(target.url(), copy_of(source.url()));
    CHECK(application.value("SELECT word FROM t") == "new");
    CHECK(application.value("PRAGMA integrity_check") == "ok");
    application.exec("INSERT INTO t VALUES ('more', '')");
    application.exec("DELETE FROM t WHERE word = 'more'");
  }
  CHECK(content_of(target.path()) == wanted);
  CHECK(target.query("PRAGMA journal_mode") == to_mode);
  CHECK(names_in(target.folder().path()) == std::vector<std::string>{"test.db"});
}

TEST_CASE("a new file has the backup's journal mode and can be read as SQLite's own can") {
  const ScratchSqlite source("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
  const ScratchFolder folder;
  const mode_t mask = umask(022);
  restore_to((folder / "new.db").string(), copy_of(source.url()));
  umask(mask);
  Application application(folder / "new.db");
  CHECK(application.value("PRAGMA journal_mode") == "wal");
  CHECK((fs::status(folder / "new.db").permissions() & fs::perms::all) == fs::perms(0644));
}

TEST_CASE("a reader of a log goes on with the old content until it looks again") {
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 300));
  const ScratchSqlite target(rows_sql("WAL", 4096, "old", 300));
  Application reader(target.path());
  reader.exec("BEGIN");
  CHECK(reader.value("SELECT word FROM t") == "old");
  restore_to(target.url(), copy_of(source.url()));
  CHECK(reader.value("SELECT max(word) FROM t") == "old");
  reader.exec("COMMIT");
  CHECK(reader.value("SELECT min(word) FROM t") == "new");
}

TEST_CASE("a target that is locked for too long is refused and stays as it was") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(mode);
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 300));
  const ScratchSqlite target(rows_sql(mode, 4096, "old", 300));
  const Copy copy = copy_of(source.url());
  const std::string before = content_of(target.path());
  {
    Application writer(target.path());
    writer.exec("BEGIN IMMEDIATE");
    const Error error = failure([&] { restore_to(target.url(), copy, 200); });
    CHECK(error.kind() == ErrorKind::refused);
    CHECK_THAT(error.message(), contains("is locked by another process"));
    writer.exec("ROLLBACK");
  }
  CHECK(content_of(target.path()) == before);
  CHECK(names_in(target.folder().path()) == std::vector<std::string>{"test.db"});
}

TEST_CASE("nobody writes to a database between its safety copy and its replacement") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  const int page = GENERATE(4096, 1024);
  INFO(mode << " " << page);
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 300));
  ScratchSqlite target(rows_sql(mode, page, "old", 300));
  const Copy copy = copy_of(source.url());
  Application application(target.path());
  application.impatient();
  const OpenOptions options = quiet_options();
  const auto place = begin_restore(target.url(), copy.description, {}, options);
  fill(*place, copy);
  application.exec("INSERT INTO t VALUES ('before', '')");
  place->hold_old();
  CHECK(application.value("SELECT max(word) FROM t") == "old");
  CHECK_THROWS(application.exec("INSERT INTO t VALUES ('lost', '')"));
  CHECK_FALSE(copy_of(target.url()).image.empty());
  REQUIRE(place->copy_has_all());
  CHECK_THROWS(application.exec("INSERT INTO t VALUES ('lost', '')"));
  CHECK(place->commit().in_place);
  CHECK(application.value("SELECT group_concat(DISTINCT word) FROM t") == "new");
  application.exec("INSERT INTO t VALUES ('after', '')");
  CHECK(application.value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("whoever has written between two transactions is noticed") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  const bool written = GENERATE(false, true);
  INFO(mode << " " << written);
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 300));
  const ScratchSqlite target(rows_sql(mode, 4096, "old", 300));
  const OpenOptions options = quiet_options();
  sqlite::Connection from(sqlite::locate(sqlite::parse_address(source.url())), options);
  sqlite::Connection to(sqlite::locate(sqlite::parse_address(target.url())), options);
  Application application(target.path());
  to.run("BEGIN IMMEDIATE");
  const std::string before = to.version();
  to.run("ROLLBACK");
  if (written) application.exec("DELETE FROM t WHERE rowid = 1");
  sqlite::PageCopy pages(from, to);
  pages.lock();
  CHECK((to.version() == before) == !written);
}

TEST_CASE("what a busy application has written is in the safety copy or in the new database") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(mode);
  const ScratchSqlite source("CREATE TABLE log (n INTEGER)");
  const ScratchSqlite target("PRAGMA journal_mode = " + mode + "; CREATE TABLE log (n INTEGER)");
  const Copy copy = copy_of(source.url());
  std::atomic<int> written = 0;
  std::jthread busy([&](const std::stop_token& stop) {
    Application application(target.path());
    for (int n = 1; !stop.stop_requested(); written = n++)
      application.exec("INSERT INTO log VALUES (" + std::to_string(n) + ")");
  });
  while (written < 5) std::this_thread::yield();
  const OpenOptions options = quiet_options();
  const auto place = begin_restore(target.url(), copy.description, {}, options);
  fill(*place, copy);
  int attempts = 0;
  std::int64_t copied = 0;
  do {
    place->hold_old();
    copied = copy_of(target.url()).description.tables.at(0).total.rows;
  } while (!place->copy_has_all() && ++attempts < 100);
  CHECK(attempts < 100);
  place->commit();
  const int then = written;
  while (written < then + 5) std::this_thread::yield();
  busy.request_stop();
  busy.join();
  Application application(target.path());
  CHECK(application.value("SELECT min(n) FROM log") == std::to_string(copied + 1));
  CHECK(application.value("SELECT max(n) FROM log") == std::to_string(written));
  CHECK(application.value("SELECT count(*) FROM log") == std::to_string(written - copied));
}

TEST_CASE("a restore waits for a writer that is done in time") {
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 300));
  ScratchSqlite target(rows_sql("DELETE", 4096, "old", 300));
  const Copy copy = copy_of(source.url());
  Application writer(target.path());
  writer.exec("BEGIN IMMEDIATE");
  std::thread done([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    writer.exec("COMMIT");
  });
  restore_to(target.url(), copy);
  done.join();
  CHECK(target.query("SELECT DISTINCT word FROM t") == "new");
}

TEST_CASE("a restore that is killed leaves the old content or the new") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  const int page = GENERATE(4096, 1024);
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 20'000));
  const ScratchSqlite old(rows_sql(mode, page, "old", 20'000));
  const Copy copy = copy_of(source.url());
  std::int64_t whole = 0;
  {
    const auto start = std::chrono::steady_clock::now();
    const ScratchFolder folder;
    fs::copy_file(old.path(), folder / "test.db");
    restore_to((folder / "test.db").string(), copy);
    whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                  start)
                .count();
  }
  for (int round = 0; round < rounds(6); ++round) {
    const ScratchFolder folder;
    const fs::path path = folder / "test.db";
    fs::copy_file(old.path(), path);
    const auto moment = std::uniform_int_distribution<std::int64_t>(0, whole)(dice);
    INFO(mode << ", round " << round << ", after " << moment << " us of " << whole);
    const pid_t child = fork();
    if (child == 0) {
      restore_to(path.string(), copy);
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(moment));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    Application application(path);
    const std::string word = application.value("SELECT group_concat(DISTINCT word) FROM t");
    CHECK((word == "old" || word == "new"));
    CHECK(application.value("PRAGMA integrity_check") == "ok");
    CHECK(names_like(folder.path(), "*test.db*restoring*").empty());
    restore_to(path.string(), copy);
    CHECK(application.value("SELECT group_concat(DISTINCT word) FROM t") == "new");
  }
}

TEST_CASE("a target without room stays as it was") {
  const auto mode = GENERATE(as<std::string>{}, "DELETE", "WAL");
  INFO(mode);
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 3000));
  const ScratchSqlite target(rows_sql(mode, 4096, "old", 3000));
  const Copy copy = copy_of(source.url());
  const std::string before = content_of(target.path());
  // The image fits, what is written beside it doesn't; or not even the image.
  const auto most = GENERATE(std::size_t{3}, std::size_t{1}) * (copy.image.size() / 4);
  const int status = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const OpenOptions options = quiet_options();
    const auto target_file = begin_restore(target.url(), copy.description, {}, options);
    const auto limit_to = [](std::size_t bytes) {
      const rlimit limit{bytes, bytes};
      setrlimit(RLIMIT_FSIZE, &limit);
    };
    if (most < copy.image.size() / 2) limit_to(most);
    try {
      fill(*target_file, copy);
      limit_to(most);
      target_file->commit();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::failed && !error.hint().empty() &&
          error.message().find("no room left") != std::string::npos)
        return true;
      throw;  // to be shown
    }
    return false;
  });
  CHECK(status == 0);
  CHECK(content_of(target.path()) == before);
  CHECK(names_in(target.folder().path()) == std::vector<std::string>{"test.db"});
}

TEST_CASE("a file or folder that can't be written to is found out before anything is done") {
  const ScratchSqlite source("CREATE TABLE t (a)");
  const ScratchSqlite target("CREATE TABLE old (a)");
  const Copy copy = copy_of(source.url());
  SECTION("the file") {
    fs::permissions(target.path(), fs::perms(0444));
    fs::permissions(target.folder().path(), fs::perms(0777));
  }
  SECTION("the folder") {
    fs::permissions(target.path(), fs::perms(0666));
    fs::permissions(target.folder().path(), fs::perms(0555));
  }
  const int status = in_child([&] {
    constexpr unsigned kNobody = 65534;
    if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) return false;
    const OpenOptions options = quiet_options();
    const auto place = begin_restore(target.url(), copy.description, {}, options);
    const Error error = failure([&] { place->check({}); });
    return error.kind() == ErrorKind::failed &&
           error.message().find("cannot be written to") != std::string::npos;
  });
  CHECK(status == 0);
  fs::permissions(target.folder().path(), fs::perms(0755));
}

TEST_CASE("a target that is no database any more is put aside with all that belongs to it") {
  const ScratchSqlite source("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  const Copy copy = copy_of(source.url());
  const ScratchSqlite target("CREATE TABLE old (a)");
  const fs::path folder = target.folder().path();
  SECTION("overwritten") { overwrite(target.path(), 0, std::string(4096, '\x9a')); }
  SECTION("cut off") { fs::resize_file(target.path(), 4096); }
  fs::permissions(target.path(), fs::perms(0640));
  const std::string before = bytes_of(target.path());
  target.folder().write("test.db-wal", "a log");
  target.folder().write("test.db-journal", "");
  const OpenOptions options = quiet_options();
  const auto place = begin_restore(target.url(), copy.description, {}, options);
  CHECK(place->place().exists);
  CHECK(place->keeps_old());
  fill(*place, copy);
  const RestoreReport report = place->commit();
  CHECK_FALSE(report.in_place);
  const fs::path aside = report.put_aside;
  CHECK(aside.parent_path() == folder);
  CHECK_THAT(aside.filename().string(), matches("test_before_2.*T.*Z.db"));
  CHECK(bytes_of(aside) == before);
  CHECK(fs::exists(folder / (aside.filename().string() + "-wal")));
  CHECK_FALSE(fs::exists(folder / "test.db-wal"));
  Application application(target.path());
  CHECK(application.value("SELECT a FROM t") == "1");
  CHECK((fs::status(target.path()).permissions() & fs::perms::all) == fs::perms(0640));
}

TEST_CASE("a database that can't be backed up is put aside when that is asked for") {
  const ScratchSqlite source("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  const Copy copy = copy_of(source.url());
  ScratchSqlite target("CREATE TABLE old (a); INSERT INTO old VALUES (2)");
  const OpenOptions options = quiet_options();
  const auto place = begin_restore(target.url(), copy.description, {}, options);
  CHECK_FALSE(place->keeps_old());
  place->put_old_aside();
  CHECK(place->keeps_old());
  fill(*place, copy);
  Application aside(place->commit().put_aside);
  CHECK(aside.value("SELECT a FROM old") == "2");
  CHECK(target.query("SELECT a FROM t") == "1");
}

TEST_CASE("of the databases that were put aside the newest stay, and others' files do") {
  const ScratchSqlite source("CREATE TABLE t (a)");
  const Copy copy = copy_of(source.url());
  const ScratchSqlite target("CREATE TABLE old (a)");
  const ScratchFolder& folder = target.folder();
  folder.write("test_before_20240101T000000Z.db", "oldest");
  folder.write("test_before_20240101T000000Z.db-wal", "its log");
  folder.write("test_before_20240101T000000Z-2.db", "older");
  folder.write("test_before_20250101T000000Z.db", "old");
  folder.write("test_before_noon.db", "mine");
  folder.write("other_before_20240101T000000Z.db", "another's");
  RestoreOptions keeping;
  keeping.keep_old = 1;
  const RestoreReport report = restore_to(target.url(), copy, 10'000, keeping);
  CHECK(report.dropped.size() == 2);
  CHECK(names_in(folder.path()) ==
        std::vector<std::string>{"other_before_20240101T000000Z.db", "test.db",
                                 "test_before_20250101T000000Z.db", "test_before_noon.db"});
}

TEST_CASE("what a deleted database has left is not taken for the new one's") {
  const ScratchSqlite source(
      "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES "
      "(1)");
  const Copy copy = copy_of(source.url());
  const ScratchFolder folder;
  {
    const ScratchSqlite gone("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    Application application(gone.path());
    application.exec("INSERT INTO t VALUES (9)");
    fs::copy_file(gone.path().string() + "-wal", folder / "new.db-wal");
  }
  const RestoreReport report = restore_to((folder / "new.db").string(), copy);
  CHECK_FALSE(report.put_aside.empty());
  Application application(folder / "new.db");
  CHECK(application.value("SELECT group_concat(a) FROM t") == "1");
}

TEST_CASE("a link stays a link, and the file that it leads to is restored") {
  const ScratchSqlite source("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  const Copy copy = copy_of(source.url());
  ScratchSqlite target("CREATE TABLE old (a)");
  const ScratchFolder links;
  const fs::path link = links / "link.db";
  fs::create_symlink(target.path(), link);
  SECTION("a sound one") { restore_to(link.string(), copy); }
  SECTION("a damaged one") {
    overwrite(target.path(), 0, std::string(4096, '\x9a'));
    const fs::path aside = restore_to(link.string(), copy).put_aside;
    CHECK(aside.parent_path() == target.folder().path());
  }
  CHECK(fs::is_symlink(link));
  CHECK(target.query("SELECT a FROM t") == "1");
  CHECK(names_in(links.path()) == std::vector<std::string>{"link.db"});
}

TEST_CASE("a restore that isn't committed leaves nothing") {
  const ScratchSqlite source("CREATE TABLE t (a)");
  const Copy copy = copy_of(source.url());
  const ScratchFolder folder;
  const OpenOptions options = quiet_options();
  {
    const auto place = begin_restore((folder / "new.db").string(), copy.description, {}, options);
    CHECK_FALSE(place->place().exists);
    CHECK(place->place().name == "new");
    fill(*place, copy);
    CHECK(names_in(folder.path()).empty());
  }
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("a file that came to be meanwhile is not replaced by a new one") {
  const ScratchSqlite source("CREATE TABLE t (a)");
  const Copy copy = copy_of(source.url());
  const ScratchFolder folder;
  const OpenOptions options = quiet_options();
  const auto place = begin_restore((folder / "new.db").string(), copy.description, {}, options);
  fill(*place, copy);
  folder.write("new.db", "somebody's");
  CHECK(failure([&] { place->commit(); }).kind() == ErrorKind::refused);
  CHECK(bytes_of(folder / "new.db") == "somebody's");
}

TEST_CASE("an image that isn't what its description says is not restored") {
  const ScratchSqlite source(rows_sql("DELETE", 4096, "new", 300));
  Copy copy = copy_of(source.url());
  SECTION("no database") { copy.image.assign(copy.image.size(), 'x'); }
  SECTION("nothing") { copy.image.clear(); }
  SECTION("cut off") { copy.image.resize(8192); }
  SECTION("a page of it spoilt") { copy.image.replace(8192, 4096, 4096, '\x55'); }
  SECTION("another table") { copy.description.tables[0].name.name = "u"; }
  SECTION("another column") { copy.description.tables[0].columns[0] = "u"; }
  const ScratchFolder folder;
  const Error error = failure([&] { restore_to((folder / "new.db").string(), copy); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK(names_in(folder.path()).empty());
}

TEST_CASE("an address that can't become a database is refused") {
  const ScratchSqlite source("CREATE TABLE t (a)");
  const Copy copy = copy_of(source.url());
  const ScratchFolder folder;
  const auto kind_for = [&](const std::string& address) {
    return failure([&] { restore_to(address, copy); }).kind();
  };
  CHECK(kind_for((folder / "none/new.db").string()) == ErrorKind::connection);
  CHECK(kind_for(folder.path().string()) == ErrorKind::connection);
  CHECK(kind_for(source.path().string() + "-wal") == ErrorKind::connection);
  CHECK(kind_for("file:" + (folder / "new.db").string() + "?mode=ro") == ErrorKind::usage);
  CHECK(names_in(folder.path()).empty());
}

}  // namespace dbkeeper::testing
