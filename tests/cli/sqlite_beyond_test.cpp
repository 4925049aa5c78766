// SQLite files whose schemas need what the application has and the library in dbkeeper lacks, or
// does differently.
#include <sqlite3.h>
#include <strings.h>

#include "cli/import_databases.h"

using namespace dbkeeper::testing;

namespace {

// An application with a collation and a function of its own, as Anki has.
class Application {
 public:
  explicit Application(const std::filesystem::path& path) {
    REQUIRE(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
    sqlite3_create_collation(handle_, "unicase", SQLITE_UTF8, nullptr,
                             [](void*, int a_size, const void* a, int b_size, const void* b) {
                               const int order = strncasecmp(
                                   static_cast<const char*>(a), static_cast<const char*>(b),
                                   static_cast<std::size_t>(std::min(a_size, b_size)));
                               return order != 0 ? order : a_size - b_size;
                             });
    sqlite3_create_function(
        handle_, "is_fine", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
        [](sqlite3_context* context, int, sqlite3_value**) { sqlite3_result_int(context, 1); },
        nullptr, nullptr);
  }
  ~Application() { sqlite3_close(handle_); }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  void exec(const std::string& sql) {
    char* problem = nullptr;
    sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &problem);
    INFO((problem ? problem : ""));
    REQUIRE(problem == nullptr);
  }

 private:
  sqlite3* handle_ = nullptr;
};

// In the collation's order, which isn't that of the bytes.
constexpr const char* kCards =
    "CREATE TABLE decks(id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE unicase);"
    "CREATE UNIQUE INDEX decks_name ON decks(name);"
    "CREATE TABLE tags(tag TEXT PRIMARY KEY COLLATE unicase, usn INTEGER) WITHOUT ROWID;"
    "CREATE TABLE plain(id INTEGER PRIMARY KEY, word TEXT UNIQUE);"
    "INSERT INTO decks(name) VALUES ('b'), ('C'), ('a'), ('D');"
    "INSERT INTO tags VALUES ('b', 1), ('C', 2), ('a', 3), ('D', 4);"
    "INSERT INTO plain VALUES (1, 'one');";

}  // namespace

TEST_CASE("a file ordered by the application's collation is backed up, restored, read, checked") {
  const ScratchSqlite source;
  Application(source.path()).exec(kCards);
  const ScratchFolder folder;
  const std::string backup = (folder / "b.dbk").string();
  const Run made = run({"backup", "-o", backup, "--db", source.url()});
  INFO(made.err);
  REQUIRE(made.exit == 0);
  CHECK(run({"verify", backup}).exit == 0);
  CHECK(run({"verify", "--drill", backup}).exit == 0);
  const std::string other = (folder / "other.db").string();
  REQUIRE(run({"restore", backup, "--to", other, "--yes"}).exit == 0);
  CHECK(run({"diff", source.url(), other}).exit == 0);

  const Run check = run({"check", "--db", source.url()});
  INFO(check.out);
  CHECK(check.exit == 0);
  CHECK_THAT(check.err, contains("the index 'decks_name' of the table 'decks' needs the collation "
                                 "'unicase', which the application has"));
  const Run document = run({"export", "-o", "-", "--db", source.url()});
  CHECK(nlohmann::json::parse(document.out)["summary"]["rows"] == 9);
  // A condition that has to compare by it can't be answered; one that needn't can.
  const Run where =
      run({"export", "-o", "-", "--where", "decks: name = 'A'", "--db", source.url()});
  CHECK(where.exit != 0);
  CHECK_THAT(where.err, contains("'unicase'"));
  CHECK(run({"export", "-o", "-", "--where", "decks: id < 3", "--db", source.url()}).exit == 0);
}

TEST_CASE("nothing is written by an order that only the application knows") {
  const ScratchSqlite source;
  Application(source.path()).exec(kCards);
  const ScratchFolder folder;
  const std::string file = (folder / "e.json").string();
  REQUIRE(run({"export", "-o", file, "--db", source.url()}).exit == 0);
  const std::string before = content_of(source.path());
  const std::string dir = (folder / "backups").string();
  for (const char* mode : {"skip", "merge", "clean"}) {
    const Run refused =
        run({"import", file, "--mode", mode, "--yes", "--dir", dir, "--db", source.url()});
    CHECK(refused.exit == 5);
    CHECK_THAT(refused.err, contains("'unicase'"));
  }
  // Of other tables nobody asks.
  const Run plain = run({"import", file, "--include", "plain", "--dir", dir, "--db", source.url()});
  INFO(plain.err);
  CHECK(plain.exit == 0);
  CHECK(content_of(source.path()) == before);
}

TEST_CASE("a function that only the application has, or a later SQLite, is named before a write") {
  ScratchSqlite scratch;
  Application(scratch.path())
      .exec(
          "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT CHECK(is_fine(a)));"
          "INSERT INTO t VALUES (1, 'x')");
  const ScratchFolder folder;
  const std::string file = (folder / "e.json").string();
  REQUIRE(run({"export", "-o", file, "--db", scratch.url()}).exit == 0);
  CHECK(run({"check", "--db", scratch.url()}).exit == 0);
  CHECK(run({"backup", "--dir", folder.path().string(), "--db", scratch.url()}).exit == 0);
  const Run refused = run({"import", file, "--db", scratch.url()});
  CHECK(refused.exit == 5);
  CHECK_THAT(refused.err, contains("the table 't' needs the function 'is_fine'"));

  // Written by hand, as a later release would have left it.
  if (sqlite3_libversion_number() >= 3044000) return;
  scratch.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = "
      "replace(sql, 'is_fine(a)', 'concat(a, 1) > 0')");
  const Run later = run({"import", file, "--db", scratch.url()});
  CHECK(later.exit == 5);
  CHECK_THAT(later.err, contains("'concat', which SQLite has from 3.44 on"));
}

TEST_CASE("fractions as text in a schema are a warning, since releases write them differently") {
  if (sqlite3_libversion_number() >= 3043000) return;
  ScratchSqlite scratch(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, x REAL, label TEXT AS (CAST(x AS TEXT)) STORED);"
      "CREATE INDEX t_round ON t(round(x, 2));"
      "CREATE TABLE plain(id INTEGER PRIMARY KEY, x REAL CHECK(x > 0.5), n INTEGER AS (id * 2));"
      "INSERT INTO t(x) VALUES (2.675); INSERT INTO plain(x) VALUES (1.5)");
  const ScratchFolder folder;
  const std::string file = (folder / "e.json").string();
  REQUIRE(run({"export", "-o", file, "--db", scratch.url()}).exit == 0);
  const Run warned = run({"import", file, "--db", scratch.url()});
  CHECK(warned.exit == 0);
  CHECK_THAT(warned.err, contains("the table 't' is about numbers with a fraction as text") &&
                             contains("the index 't_round' of the table 't'") &&
                             contains("SQLite 3.43"));
  CHECK(run({"import", file, "--include", "plain", "--db", scratch.url()}).err.find("fraction") ==
        std::string::npos);
  // What such an index holds is no damage, whoever wrote it.
  scratch.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = "
      "replace(sql, 'round(x, 2)', 'round(x, 1)') WHERE name = 't_round'");
  const Run check = run({"check", "--db", scratch.url()});
  INFO(check.out);
  CHECK(check.exit == 0);
  CHECK_THAT(check.err, contains("not checked: the index 't_round'"));
}
