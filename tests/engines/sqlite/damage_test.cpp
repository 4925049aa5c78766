// Files that are damaged, cut off or hostile.
#include <filesystem>
#include <fstream>
#include <functional>

#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTwoTables = R"(
  CREATE TABLE sound (id INTEGER PRIMARY KEY, body TEXT);
  CREATE TABLE hurt (id INTEGER PRIMARY KEY, body TEXT);
  CREATE INDEX hurt_body ON hurt (body);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)
  INSERT INTO hurt SELECT i, 'row ' || i || hex(zeroblob(40)) FROM n;
  INSERT INTO sound SELECT * FROM hurt)";

void overwrite(const fs::path& path, std::int64_t at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
}

// Spoils the page at which a table or index begins.
void spoil(ScratchSqlite& scratch, const std::string& name) {
  const int page =
      std::stoi(scratch.query("SELECT rootpage FROM sqlite_master WHERE name = '" + name + "'"));
  overwrite(scratch.path(), (page - 1) * 4096, std::string(4096, '\x55'));
}

Error failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("it did not fail");
}

}  // namespace

TEST_CASE("a damaged table fails to be read and the others don't") {
  ScratchSqlite scratch(kTwoTables);
  spoil(scratch, "hurt");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  const Table& hurt = *schema.find({"main", "hurt"});
  const Table& sound = *schema.find({"main", "sound"});
  CHECK_FALSE(hurt.rows_exact);
  CHECK(sound.estimated_rows == 500);

  const Error error = failure([&] { snapshot->read_through(hurt, Depth::full); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK_THAT(error.message(), contains("is damaged"));
  CHECK_FALSE(error.hint().empty());
  CHECK_THROWS_AS(snapshot->read_through(hurt, Depth::quick), Error);
  CHECK_NOTHROW(snapshot->read_through(sound, Depth::full));
  CHECK(snapshot->count(sound) == 500);
}

TEST_CASE("the integrity check names the table of what it finds") {
  ScratchSqlite scratch(kTwoTables);
  scratch.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = "
      "'CREATE TABLE sound (id INTEGER PRIMARY KEY, body TEXT NOT NULL)' "
      "WHERE name = 'sound'; PRAGMA writable_schema = OFF");
  scratch.exec(
      "PRAGMA ignore_check_constraints = ON; "
      "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = "
      "'CREATE INDEX hurt_body ON hurt (id)' WHERE name = 'hurt_body'");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  CHECK(snapshot->integrity(schema, Depth::quick).empty());
  const std::vector<Finding> findings = snapshot->integrity(schema, Depth::full);
  REQUIRE_FALSE(findings.empty());
  CHECK(findings.size() <= 101);
  const auto found = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.object == "hurt_body";
  });
  REQUIRE(found != findings.end());
  CHECK(found->check == "integrity");
  CHECK(found->table == TableName{"main", "hurt"});
  CHECK_FALSE(found->hint.empty());
}

TEST_CASE("a spoilt page is found, and the snapshot goes on") {
  ScratchSqlite scratch(kTwoTables);
  spoil(scratch, "hurt");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Schema schema = snapshot->schema();
  CHECK_FALSE(snapshot->integrity(schema, Depth::full).empty());
  CHECK(snapshot->count(*schema.find({"main", "sound"})) == 500);
}

TEST_CASE("a file cut off opens, can't be read, and is found out at once") {
  ScratchSqlite scratch(kTwoTables);
  fs::resize_file(scratch.path(), fs::file_size(scratch.path()) / 2 / 4096 * 4096);
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  CHECK(failure([&] { snapshot->schema(); }).kind() == ErrorKind::failed);
  for (const Depth depth : {Depth::quick, Depth::full}) {
    const std::vector<Finding> findings = snapshot->integrity({}, depth);
    REQUIRE_FALSE(findings.empty());
    CHECK_THAT(findings[0].message, contains("cut off"));
  }
  CHECK_NOTHROW(database->info());
}

TEST_CASE("a schema that can't be parsed is a failure to be reported, not to open") {
  ScratchSqlite scratch(kTwoTables);
  scratch.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE TABLE nonsense' "
      "WHERE name = 'hurt'");
  const auto database = open(scratch.url());
  const auto snapshot = database->snapshot();
  const Error error = failure([&] { snapshot->schema(); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK_THAT(error.message(), contains("malformed database schema"));
  CHECK_FALSE(snapshot->integrity({}, Depth::full).empty());
  CHECK(failure([&] { open(scratch.url(), Access::write)->begin(); }).kind() == ErrorKind::failed);
}

TEST_CASE("a spoilt header is no database") {
  ScratchSqlite scratch(kTwoTables);
  overwrite(scratch.path(), 0, std::string(100, '\0'));
  const Error error = failure([&] { open(scratch.url()); });
  CHECK(error.kind() == ErrorKind::connection);
  CHECK_THAT(error.hint(), contains("encrypted"));
}

TEST_CASE("no damage crashes") {
  // A byte here and there, all over the file, as a bad disk would.
  const ScratchSqlite original(kTwoTables);
  const ScratchFolder folder;
  const auto size = static_cast<std::int64_t>(fs::file_size(original.path()));
  for (int round = 0; round < 120; ++round) {
    INFO("round " << round);
    const fs::path path = folder / "broken.db";
    fs::copy_file(original.path(), path, fs::copy_options::overwrite_existing);
    for (int i = 0; i < 20; ++i)
      overwrite(path, (round * 7919LL + i * 104729LL) % size,
                std::string(1, static_cast<char>(round + 17 * i)));
    int outcomes = 0;
    try {
      const auto database = open(path.string());
      const auto snapshot = database->snapshot();
      ++outcomes;
      snapshot->integrity({}, Depth::full);
      const Schema schema = snapshot->schema();
      for (const Table& table : schema.tables) snapshot->read_through(table, Depth::full);
    } catch (const Error& error) {
      ++outcomes;
      CHECK((error.kind() == ErrorKind::failed || error.kind() == ErrorKind::connection));
    }
    CHECK(outcomes > 0);
  }
}

}  // namespace dbkeeper::testing
