// dbkeeper check and inspect as a user calls them: what is found, on which engine, with which exit
// code.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/json.h"
#include "support/catch.h"
#include "support/fixtures.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

// The kinds of what check has found in a database; its exit code must agree.
std::set<std::string> found(const std::string& url, std::vector<std::string> words = {}) {
  words.insert(words.begin(), {"check", "--json", "--db", url});
  const Run run = dbkeeper::testing::run(words);
  const auto report = report_of(run);
  std::set<std::string> kinds;
  for (const auto& finding : report["result"]["findings"])
    kinds.insert(finding["check"].get<std::string>());
  CHECK(run.exit == (kinds.empty() ? 0 : 6));
  CHECK(report["ok"] == kinds.empty());
  return kinds;
}

std::set<std::string> found_in_postgres(const std::string& name) {
  const ScratchPostgres scratch(fixture(name + ".postgres.sql"));
  return found(scratch.url());
}

std::set<std::string> found_in_sqlite(const std::string& name) {
  const ScratchSqlite scratch(fixture(name + ".sqlite.sql"));
  return found(scratch.url());
}

using Kinds = std::set<std::string>;

// Overwrites the middle of a file, where rows are.
void damage(const fs::path& path) {
  const auto size = static_cast<std::streamoff>(fs::file_size(path));
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(size / 2);
  for (int i = 0; i < 6000; ++i) file.put('\x5a');
}

}  // namespace

TEST_CASE("the applications' databases are sound on both engines") {
  for (const char* name : {"gym", "forum", "planner"}) {
    CAPTURE(name);
    CHECK(found_in_postgres(name).empty());
    CHECK(found_in_sqlite(name).empty());
  }
}

TEST_CASE("each kind of trouble is exit 6 and named") {
  CHECK(found_in_postgres("sequence_behind") == Kinds{"sequence"});
  CHECK(found_in_postgres("not_valid_orphan") == Kinds{"foreign key"});
  CHECK(found_in_postgres("invalid_index") == Kinds{"index"});
  CHECK(found_in_sqlite("orphan") == Kinds{"foreign key"});
  CHECK(found_in_sqlite("parent_key_without_index") == Kinds{"foreign key"});
  CHECK(found_in_sqlite("missing_parent") == Kinds{"foreign key"});
}

TEST_CASE("sequences are fixed with exit 0 if that was all") {
  const ScratchPostgres scratch(fixture("sequence_behind.postgres.sql"));
  const auto fixed = report_of(run({"check", "--fix-sequences", "--json", "--db", scratch.url()}));
  CHECK(fixed["exit"] == 0);
  CHECK(fixed["result"]["fixed"].size() > 0);
  CHECK(found(scratch.url()).empty());
}

TEST_CASE("a table that the role may not read is found by name") {
  ScratchPostgres scratch("CREATE TABLE open (a int); CREATE TABLE shut (a int)");
  const std::string role = scratch.name() + "_reader";
  scratch.exec("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON open TO " + role);
  const std::string url = scratch.url();
  const std::string as_reader = "postgresql://" + role + url.substr(url.find('@'));
  const Run result = run({"check", "--db", as_reader});
  CHECK(result.exit == 6);
  CHECK_THAT(result.out, contains("unreadable") && contains("'shut'"));
  CHECK(result.out.find("'open'") == std::string::npos);
  scratch.exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("a damaged SQLite file is found, a file that is none is exit 3") {
  const ScratchSqlite scratch(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
      "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 5000) "
      "INSERT INTO t SELECT i, 'a value of some length ' || i FROM g");
  CHECK(found(scratch.url()).empty());
  damage(scratch.path());
  CHECK(found(scratch.url()).contains("integrity"));

  const fs::path junk = scratch.folder().write("junk.db", "this is not a database, by no means");
  CHECK(run({"check", "--db", junk.string()}).exit == 3);
}

TEST_CASE("what can't be opened is exit 3, and no file is made") {
  const ScratchFolder folder;
  CHECK(run({"inspect", "--db", (folder / "absent.db").string()}).exit == 3);
  CHECK(fs::is_empty(folder.path()));
  CHECK(run({"inspect", "--db", "postgresql://bob:s3cr3t@127.0.0.1:1/shop"}).exit == 3);
  CHECK(run({"inspect", "--db", postgres_url("no_such_database")}).exit == 3);
}

TEST_CASE("a quick check is content with what a full one finds fault with") {
  const ScratchSqlite scratch(fixture("orphan.sqlite.sql"));
  CHECK(found(scratch.url(), {"--quick"}).empty());
}

TEST_CASE("inspect lists parents before children and says what is left out") {
  const ScratchPostgres postgres(fixture("gym.postgres.sql"));
  const ScratchSqlite sqlite(fixture("gym.sqlite.sql"));
  for (const std::string& url : {postgres.url(), sqlite.url()}) {
    const Run text = run({"inspect", "--db", url});
    CHECK(text.exit == 0);
    CHECK(text.err.empty());
    CHECK_THAT(text.out, contains("alembic at ae1027a6acf3") && contains("Not exported:"));
    CHECK(text.out.find("\nusers") < text.out.find("\nsessions"));
    CHECK(text.out.find("\nsessions") < text.out.find("\nsets"));

    const auto document =
        nlohmann::json::parse(run({"inspect", "--exact", "--format", "json", "--db", url}).out);
    CHECK(document["rows_exact"] == true);
    CHECK(document["migrations"][0]["tool"] == "alembic");
    const auto& tables = document["tables"];
    const auto users = std::find_if(tables.begin(), tables.end(),
                                    [](const auto& table) { return table["name"] == "users"; });
    REQUIRE(users != tables.end());
    CHECK((*users)["rows"] == 4);
    CHECK((*users)["natural_keys"] == nlohmann::json({"email"}));
    CHECK((*users)["exported"] == true);
  }
}
