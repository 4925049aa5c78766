// Which file an address means, and what is said where it can't be opened.
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "engines/sqlite/location.h"
#include "engines/sqlite/sqlite.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

namespace fs = std::filesystem;

// The current folder is a scratch folder for as long as this lives.
class InFolder {
 public:
  explicit InFolder(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~InFolder() { fs::current_path(before_); }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  fs::path before_;
};

void make_database(const fs::path& path) {
  const ScratchSqlite made("CREATE TABLE t (a)");
  fs::create_directories(path.parent_path());
  fs::copy_file(made.path(), path);
}

Error failure(const std::string& address) {
  try {
    open(address);
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("it opened: " + address);
}

void check_refusal(const std::string& address, const std::string& message) {
  INFO(address);
  const Error error = failure(address);
  CHECK(error.kind() == ErrorKind::connection);
  CHECK_THAT(error.message(), contains(message));
  CHECK_FALSE(error.hint().empty());
}

}  // namespace

TEST_CASE("a relative path starts in the current folder") {
  const ScratchFolder folder;
  make_database(folder / "app.db");
  make_database(folder / "data/other.db");
  const InFolder in(folder.path());
  CHECK(open("app.db")->info().location == (folder / "app.db").string());
  CHECK(open("sqlite:///app.db")->info().location == (folder / "app.db").string());
  CHECK(open("file:./app.db")->info().location == (folder / "app.db").string());
  CHECK(open("sqlite:///data/../app.db")->info().location == (folder / "app.db").string());
  CHECK(open("sqlite:data/other.db")->info().name == "other");
}

TEST_CASE("a file under prisma/ or instance/ is pointed out, not opened") {
  const ScratchFolder folder;
  make_database(folder / "prisma/dev.db");
  make_database(folder / "instance/site.db");
  const InFolder in(folder.path());
  check_refusal("file:./dev.db", "there is no './dev.db' here");
  CHECK_THAT(failure("file:./dev.db").hint(),
             contains("sqlite:///" + (folder / "prisma/dev.db").string()));
  CHECK_THAT(failure("sqlite:///site.db").hint(),
             contains("sqlite:///" + (folder / "instance/site.db").string()));
  CHECK(open(sqlite::url_of(folder / "prisma/dev.db"))->info().name == "dev");
}

TEST_CASE("a file in two places is ambiguous, its absolute URL never is") {
  const ScratchFolder folder;
  make_database(folder / "app.db");
  make_database(folder / "instance/app.db");
  const InFolder in(folder.path());
  check_refusal("sqlite:///app.db", "may be any of");
  CHECK_THAT(failure("app.db").hint(), contains("sqlite:///" + (folder / "app.db").string()));
  CHECK_THAT(failure("app.db").hint(),
             contains("sqlite:///" + (folder / "instance/app.db").string()));
  CHECK(open(sqlite::url_of(folder / "app.db"))->info().name == "app");
}

TEST_CASE("the same file by two names is one file") {
  const ScratchFolder folder;
  make_database(folder / "app.db");
  fs::create_directories(folder / "instance");
  fs::create_symlink(folder / "app.db", folder / "instance/app.db");
  const InFolder in(folder.path());
  CHECK(open("app.db")->info().name == "app");
}

TEST_CASE("an escaped name is the literal file, else the decoded one") {
  const ScratchFolder folder;
  make_database(folder / "my app.db");
  CHECK(open("sqlite:///" + (folder / "my%20app.db").string())->info().name == "my app");
  CHECK(open("file:" + (folder / "my%20app.db").string())->info().name == "my app");
  make_database(folder / "my%20app.db");
  CHECK(open("sqlite:///" + (folder / "my%20app.db").string())->info().name == "my%20app");
  CHECK(open("file:" + (folder / "my%20app.db").string())->info().name == "my app");
}

TEST_CASE("a database is called by the file that is meant, there or not") {
  const ScratchFolder folder;
  const std::string url = "sqlite:///" + (folder / "my%20app.db").string();
  CHECK(sqlite::database_name(url) == "my app");
  CHECK(sqlite::locate_destination(sqlite::parse_address(url)).location.path ==
        folder / "my app.db");
  make_database(folder / "my app.db");
  CHECK(sqlite::database_name(url) == "my app");
  make_database(folder / "my%20app.db");
  CHECK(sqlite::database_name(url) == "my%20app");
  fs::create_directory(folder / "a%20b");
  CHECK(sqlite::locate_destination(
            sqlite::parse_address("sqlite:///" + (folder / "a%20b/x.db").string()))
            .location.path == folder / "a%20b/x.db");
  CHECK(sqlite::database_name((folder / "no/such/folder/x.db").string()) == "x");
}

TEST_CASE("an absent file is an error and stays absent") {
  const ScratchFolder folder;
  make_database(folder / "shop.db");
  check_refusal((folder / "shpo.db").string(), "did you mean 'shop.db'?");
  check_refusal((folder / "no/folder.db").string(), "there is no folder");
  for (const Access access : {Access::read, Access::write})
    CHECK_THROWS_AS(open((folder / "shpo.db").string(), access), Error);
  CHECK_FALSE(fs::exists(folder / "shpo.db"));
  CHECK_FALSE(fs::exists(folder / "no"));
}

TEST_CASE("what is no database is refused with a guess at what it is") {
  const ScratchFolder folder;
  check_refusal(folder.path().string(), "it is a folder");
  check_refusal(folder.write("notes.txt", std::string(300, 'a') + "\n").string(),
                "is not an SQLite database");
  CHECK_THAT(failure((folder / "notes.txt").string()).hint(), contains("text file"));
  CHECK_THAT(failure(folder.write("x.db", "short").string()).hint(), contains("cut off"));
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  check_refusal((folder / "pipe").string(), "not a regular file");
  fs::create_symlink(folder / "nowhere", folder / "link.db");
  check_refusal((folder / "link.db").string(), "symbolic link");
  CHECK_THROWS_AS(open(folder.path().string(), Access::write), Error);
}

TEST_CASE("an empty file is a database without tables") {
  const ScratchFolder folder;
  const auto database = open(folder.write("empty.db", "").string());
  CHECK(database->snapshot()->schema().tables.empty());
  CHECK(fs::file_size(folder / "empty.db") == 0);
}

TEST_CASE("a file that belongs to a database is sent back to it") {
  const ScratchFolder folder;
  make_database(folder / "app.db");
  for (const char* ending : {"-wal", "-shm", "-journal"}) {
    const std::string path = folder.write("app.db" + std::string(ending), "x").string();
    check_refusal(path, "belongs to");
    CHECK_THAT(failure(path).hint(), contains(sqlite::url_of(folder / "app.db")));
  }
}

TEST_CASE("an address with mode=ro isn't written to") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const std::string address = "file:" + scratch.path().string() + "?mode=ro";
  CHECK(open(address)->snapshot()->schema().tables.size() == 1);
  try {
    open(address, Access::write);
    FAIL("it opened");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
  }
}

TEST_CASE("a file's identity survives writes, and no other file has it") {
  ScratchSqlite scratch("CREATE TABLE t (a)");
  const auto id = [&] { return open(scratch.url())->info().source_id; };
  const auto before = id();
  // Where the file system notes no births, it stays unknown: so it is the same throughout.
  scratch.exec("INSERT INTO t VALUES (1)");
  CHECK(id() == before);
  scratch.exec("PRAGMA page_size = 8192; VACUUM");
  CHECK(id() == before);
  scratch.exec("PRAGMA journal_mode = WAL");
  scratch.exec("INSERT INTO t VALUES (2)");
  CHECK(id() == before);

  const fs::path copy = scratch.folder() / "copy.db";
  fs::copy_file(scratch.path(), copy);
  CHECK((!before || open(copy.string())->info().source_id != before));

  // The new file may get the old one's inode; births are noted by a clock that ticks a few
  // milliseconds.
  fs::remove(scratch.path());
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  scratch.exec("CREATE TABLE t (a)");
  CHECK((!before || id() != before));
}

TEST_CASE("a database says what it is and how large") {
  const ScratchSqlite scratch("CREATE TABLE t (a)");
  const auto info = open(scratch.url())->info();
  CHECK(info.engine == "sqlite");
  CHECK(info.name == "test");
  CHECK(info.bytes == static_cast<std::int64_t>(fs::file_size(scratch.path())));
}

TEST_CASE("a folder is no database, even where frameworks' folders lie in it") {
  const ScratchFolder folder;
  fs::create_directory(folder / "instance");
  const InFolder in(folder.path());
  check_refusal(".", "it is a folder");
}

}  // namespace dbkeeper::testing
