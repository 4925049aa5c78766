// dbkeeper export as a user calls it: what the document holds, under which name, told how.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "cli/json.h"
#include "support/catch.h"
#include "support/fixtures.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// A database of either engine, whatever the test needs of one.
class AnyDatabase {
 public:
  virtual ~AnyDatabase() = default;
  virtual std::string url() const = 0;
  virtual std::string query(const std::string& sql) = 0;
};

template <class Scratch>
class DatabaseOf final : public AnyDatabase {
 public:
  explicit DatabaseOf(const std::string& sql) : scratch_(sql) {}
  std::string url() const override { return scratch_.url(); }
  std::string query(const std::string& sql) override { return scratch_.query(sql); }

 private:
  Scratch scratch_;
};

// The fixture on every engine for which there is one.
std::vector<std::unique_ptr<AnyDatabase>> on_both_engines(const std::string& name) {
  std::vector<std::unique_ptr<AnyDatabase>> out;
  out.push_back(std::make_unique<DatabaseOf<ScratchSqlite>>(fixture(name + ".sqlite.sql")));
  out.push_back(std::make_unique<DatabaseOf<ScratchPostgres>>(fixture(name + ".postgres.sql")));
  return out;
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The document that an export with these words writes to stdout.
json exported(const AnyDatabase& database, std::vector<std::string> words = {}) {
  words.insert(words.begin(), {"export", "-o", "-", "--db", database.url()});
  const Run run = dbkeeper::testing::run(words);
  INFO(run.err);
  REQUIRE(run.exit == 0);
  return json::parse(run.out);
}

std::vector<std::string> names_in(const json& section) {
  std::vector<std::string> names;
  for (const auto& [name, rows] : section.items()) names.push_back(name);
  return names;
}

using Names = std::vector<std::string>;

// Where a table stands in the document: its place among all, or -1.
std::ptrdiff_t place_of(const std::string& document, const std::string& table) {
  const std::size_t data = document.find("\n\"data\": {");
  const std::size_t at = document.find("\n\"" + table + "\": [", data);
  return at == std::string::npos ? -1 : static_cast<std::ptrdiff_t>(at);
}

std::set<std::int64_t> ids_in(const json& rows) {
  std::set<std::int64_t> ids;
  for (const json& row : rows) ids.insert(row.at("id").get<std::int64_t>());
  return ids;
}

}  // namespace

TEST_CASE("an application's export has every row of every table, parents first") {
  for (const char* name : {"gym", "forum", "planner"})
    for (const auto& database : on_both_engines(name)) {
      CAPTURE(name, database->url());
      const Run run = dbkeeper::testing::run({"export", "-o", "-", "--db", database->url()});
      REQUIRE(run.exit == 0);
      const json document = json::parse(run.out);
      std::uint64_t rows = 0;
      for (const char* section : {"data", "relationships"})
        for (const auto& [table, list] : document[section].items()) {
          CHECK(std::to_string(list.size()) ==
                database->query("SELECT count(*) FROM \"" + table + '"'));
          CHECK(document["summary"]["tables"][table]["rows"] == list.size());
          rows += list.size();
          for (const json& key : document["schema"][table]["foreign_keys"]) {
            const std::string parent = key["references"];
            // The forum's threads and posts refer to one another.
            if (parent != table && name != std::string("forum"))
              CHECK(place_of(run.out, parent) < place_of(run.out, table));
          }
        }
      CHECK(document["summary"]["rows"] == rows);
      CHECK(rows > 20);
      CHECK(document["references"].empty());
      CHECK(document["export_metadata"]["format"] == "dbkeeper");
      CHECK(document["export_metadata"]["source_id"].is_string());
      CHECK(document["export_metadata"]["schema_version"]["tool"].is_string());
    }
}

TEST_CASE("rows stand one a line, so that grep and head work on them") {
  const ScratchSqlite scratch(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);"
      "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  const Run run = dbkeeper::testing::run({"export", "-o", "-", "--db", scratch.url()});
  CHECK_THAT(run.out, contains("\n\"t\": [\n{\"id\":1,\"v\":\"a\"},\n{\"id\":2,\"v\":\"b\"}\n]}"));
  CHECK_THAT(run.err, contains("standard output: 1 table, 2 rows"));
}

TEST_CASE("without a name the file is called after database and time, and a second one gets -2") {
  const ScratchSqlite scratch("CREATE TABLE t(id INTEGER PRIMARY KEY)", "shop.v2.db");
  const ScratchFolder folder;
  for (int i = 0; i < 3; ++i)
    REQUIRE(run({"export", "--db", scratch.url()}, {.cwd = folder.path()}).exit == 0);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    names.insert(entry.path().filename().string());
  REQUIRE(names.size() == 3);
  for (const std::string& name : names) {
    CHECK_THAT(name, matches("shop\\.v2_export_[0-9]{8}T[0-9]{6}Z(-[23])?\\.json"));
    struct stat info {};
    REQUIRE(::stat((folder / name).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a folder takes the default name, a name in .zst is compressed") {
  const ScratchSqlite scratch("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const ScratchFolder folder;
  fs::create_directory(folder / "exports");
  for (const char* where : {"exports", "exports/"}) {
    const Run run = dbkeeper::testing::run({"export", "--json", "--db", scratch.url(), where},
                                           {.cwd = folder.path()});
    CHECK_THAT(report_of(run)["result"]["file"].get<std::string>(),
               matches("exports/test_export_.*\\.json"));
  }
  const fs::path packed = folder / "e.json.zst";
  REQUIRE(run({"export", packed.string(), "--db", scratch.url()}).exit == 0);
  const Run unpacked = run({"-dc", packed.string()}, {.binary = "/usr/bin/zstd"});
  CHECK(json::parse(unpacked.out)["summary"]["rows"] == 0);
  CHECK(run({"export", "-o", "a", "b", "--db", scratch.url()}).exit == 2);
}

TEST_CASE("a file is replaced with --overwrite alone, and refused before a server is asked") {
  const ScratchSqlite scratch("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const ScratchFolder folder;
  const fs::path file = folder.write("e.json", "old");
  fs::create_symlink(file, folder / "link.json");
  for (const fs::path& name : {file, folder / "link.json"}) {
    const Run refused = run({"export", "-o", name.string(), "--db", scratch.url()});
    CHECK(refused.exit == 7);
    CHECK_THAT(refused.err, contains(name.string()) && contains("--overwrite"));
    CHECK(content(file) == "old");
  }
  CHECK(run({"export", "-o", file.string(), "--db", "postgresql://127.0.0.1:1/none"}).exit == 7);
  REQUIRE(run({"export", "-o", file.string(), "--overwrite", "--db", scratch.url()}).exit == 0);
  CHECK(json::parse(content(file))["data"]["t"].empty());
}

TEST_CASE("a symbolic link stays one, and a device is written to, not replaced") {
  const ScratchSqlite scratch("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const ScratchFolder folder;
  const fs::path file = folder.write("real/e.json", "old");
  fs::create_symlink(file, folder / "link.json");
  REQUIRE(
      run({"export", "--overwrite", "-o", (folder / "link.json").string(), "--db", scratch.url()})
          .exit == 0);
  CHECK(fs::is_symlink(folder / "link.json"));
  CHECK(json::parse(content(file))["data"]["t"].empty());
  fs::create_symlink("/dev/null", folder / "null");
  REQUIRE(run({"export", "-o", (folder / "null").string(), "--db", scratch.url()}).exit == 0);
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(fs::is_symlink(folder / "null"));
}

TEST_CASE("the JSON report says what the file holds, on stderr where stdout is the file") {
  for (const auto& database : on_both_engines("gym")) {
    const ScratchFolder folder;
    const fs::path file = folder / "e.json";
    const Run run = dbkeeper::testing::run({"export", "-o", file.string(), "--exclude", "exercises",
                                            "--json", "--db", database->url()});
    const json result = report_of(run)["result"];
    const json document = json::parse(content(file));
    CHECK(result["file"] == file.string());
    CHECK(result["bytes"] == fs::file_size(file));
    CHECK(result["rows"] == document["summary"]["rows"]);
    CHECK(result["tables"] == document["summary"]["tables"]);
    CHECK(result["references"] == document["summary"]["references"]);
    CHECK(result["schema_version"] == document["export_metadata"]["schema_version"]);
    CHECK(result["left_out"][0]["table"] == "alembic_version");

    const Run piped =
        dbkeeper::testing::run({"export", "-o", "-", "--json", "--db", database->url()});
    CHECK(json::parse(piped.out).contains("summary"));
    CHECK(json::parse(piped.err)["result"]["file"].is_null());
  }
}

TEST_CASE("tables left out are referred to by what finds their rows again") {
  for (const auto& database : on_both_engines("gym")) {
    const json document = exported(*database, {"--exclude", "exercises,sync_*"});
    CHECK_FALSE(document["data"].contains("exercises"));
    CHECK_FALSE(document["data"].contains("sync_events"));
    std::set<std::int64_t> used;
    for (const json& set : document["data"]["sets"])
      used.insert(set["exercise_id"].get<std::int64_t>());
    CHECK(ids_in(document["references"]["exercises"]) == used);
    for (const json& row : document["references"]["exercises"])
      CHECK(names_in(row) == Names{"id", "slug"});
    CHECK(document["summary"]["references"]["exercises"]["rows"] == used.size());
    CHECK(document["export_metadata"]["options"]["exclude"] == json({"exercises", "sync_*"}));
    CHECK(exported(*database, {"--exclude", "exercises", "--no-references"})["references"].empty());
  }
}

TEST_CASE("with parents, every row that an exported row refers to comes along") {
  for (const auto& database : on_both_engines("gym")) {
    const json document =
        exported(*database, {"--include", "sets", "--where", "sets:id <= 3", "--with-parents"});
    const json& data = document["data"];
    CHECK(ids_in(data["sets"]) == std::set<std::int64_t>{1, 2, 3});
    std::set<std::int64_t> sessions, users;
    for (const json& set : data["sets"]) sessions.insert(set["session_id"].get<std::int64_t>());
    for (const json& session : data["sessions"])
      users.insert(session["user_id"].get<std::int64_t>());
    CHECK(ids_in(data["sessions"]) == sessions);
    for (const std::int64_t user : users) CHECK(ids_in(data["users"]).contains(user));
    CHECK(document["references"].empty());
    CHECK_FALSE(data.contains("sync_events"));
  }
}

TEST_CASE("a condition limits a table's rows, and the others are references") {
  for (const auto& database : on_both_engines("gym")) {
    const json document = exported(*database, {"--where", "users:users.id = 1"});
    CHECK(ids_in(document["data"]["users"]) == std::set<std::int64_t>{1});
    CHECK_FALSE(ids_in(document["references"]["users"]).contains(1));
    CHECK(document["references"]["users"].size() > 0);
    CHECK(document["references"]["users"][0].contains("email"));
    CHECK_FALSE(document["references"]["users"][0].contains("password_hash"));
  }
}

TEST_CASE("what the options ask for and the database hasn't is exit 2, and no file appears") {
  for (const auto& database : on_both_engines("gym")) {
    const ScratchFolder folder;
    const auto refused = [&](std::vector<std::string> words) {
      words.insert(words.begin(),
                   {"export", "-o", (folder / "e.json").string(), "--db", database->url()});
      const Run run = dbkeeper::testing::run(words);
      CHECK(run.exit == 2);
      CHECK(run.out.empty());
      CHECK(fs::is_empty(folder.path()));
      return run.err;
    };
    CHECK_THAT(refused({"--include", "exercise"}), contains("did you mean 'exercises'?"));
    CHECK_THAT(refused({"--exclude", "audit_*"}), contains("audit_*"));
    CHECK_THAT(refused({"--where", "users:emial = 'x'"}), contains("users"));
    CHECK_THAT(refused({"--where", "users:true); DELETE FROM sets; --"}), contains("users"));
    CHECK_THAT(refused({"--where", "users:id = (1"}), contains("users"));
    CHECK_THAT(refused({"--match", "exercises=nmae"}), contains("did you mean 'name'?"));
    CHECK_THAT(refused({"--include", "users", "--exclude", "users"}), contains("no table is left"));
  }
}

TEST_CASE("a database without tables is an error unless that is allowed") {
  const ScratchSqlite sqlite("PRAGMA user_version = 1");
  const ScratchPostgres postgres("CREATE VIEW v AS SELECT 1 AS one");
  for (const std::string& url : {sqlite.url(), postgres.url()}) {
    const Run run = dbkeeper::testing::run({"export", "-o", "-", "--db", url});
    CHECK(run.exit == 1);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, contains("has no table"));
    CHECK_THAT(run.err, contains("--allow-empty"));
    const Run allowed = dbkeeper::testing::run({"export", "-o", "-", "--allow-empty", "--db", url});
    CHECK(allowed.exit == 0);
    CHECK(json::parse(allowed.out)["summary"]["rows"] == 0);
  }
}

TEST_CASE("a migration tool's history is exported only by name") {
  for (const auto& database : on_both_engines("gym")) {
    CHECK_FALSE(exported(*database)["data"].contains("alembic_version"));
    const json document = exported(*database, {"--include", "alembic_version"});
    CHECK(document["data"]["alembic_version"].size() == 1);
    CHECK(exported(*database, {"--include", "*"})["data"].contains("alembic_version") == false);
  }
}

TEST_CASE("a tool's history in several tables, or in a schema of its own, stays out of an export") {
  const std::string shop = ";CREATE TABLE shop (id INTEGER PRIMARY KEY)";
  const DatabaseOf<ScratchSqlite> file(fixture("migration_tools/sqitch.sqlite.sql") + shop);
  CHECK(names_in(exported(file)["data"]) == Names{"shop"});
  CHECK(exported(file, {"--include", "projects"})["data"]["projects"].size() == 1);
  const DatabaseOf<ScratchPostgres> server(fixture("migration_tools/sqitch.postgres.sql") + shop);
  CHECK(names_in(exported(server)["data"]) == Names{"shop"});
  const DatabaseOf<ScratchPostgres> drizzle(fixture("migration_tools/drizzle.postgres.sql") + shop);
  CHECK(names_in(exported(drizzle)["data"]) == Names{"shop"});
  CHECK(exported(drizzle)["export_metadata"]["schema_version"]["tool"] == "drizzle");
}

TEST_CASE("a source's name takes the place of the database's own identity") {
  const ScratchSqlite scratch("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const Run run = dbkeeper::testing::run(
      {"export", "-o", "-", "--source", "production", "--db", scratch.url()});
  const json metadata = json::parse(run.out)["export_metadata"];
  CHECK(metadata["source_id"] == "production");
  CHECK(metadata["options"]["source"] == "production");
}

TEST_CASE("the client's locale, time zone and options change nothing in the file") {
  const ScratchPostgres scratch(
      "CREATE TABLE t(id int PRIMARY KEY, at timestamptz, d date, i interval, m money, f float8, "
      "b bytea, r tstzrange, a timestamptz[], x float4[]);"
      "INSERT INTO t VALUES (1, '2026-03-29 01:30:00+00', '1999-12-31', '1 year 2 days "
      "03:04:05.6', "
      "'1234.56', 0.1, '\\xdeadbeef', '[2026-01-01 00:00+00,2026-07-01 00:00+00)', "
      "'{2026-03-29 01:30:00+00}', '{0.1,NaN}')");
  const auto data = [&](const std::map<std::string, std::string>& env) {
    const Run run =
        dbkeeper::testing::run({"export", "-o", "-", "--db", scratch.url()}, {.env = env});
    INFO(run.err);
    REQUIRE(run.exit == 0);
    const std::size_t begin = run.out.find("\"data\"");
    return run.out.substr(begin, run.out.find("\"header\"") - begin);
  };
  const std::string plain = data({});
  CHECK_THAT(plain, contains("\"at\":\"2026-03-29T01:30:00Z\""));
  CHECK(data({{"PGTZ", "Australia/Lord_Howe"},
              {"PGDATESTYLE", "German, DMY"},
              {"TZ", "America/St_Johns"},
              {"LC_ALL", "de_DE.UTF-8"},
              {"PGOPTIONS",
               "-c extra_float_digits=-5 -c bytea_output=escape "
               "-c intervalstyle=iso_8601 -c lc_monetary=C"}}) == plain);
}

TEST_CASE("however many readers there are, the rows and digests are the same") {
  const ScratchPostgres scratch(
      "CREATE TABLE t(id int PRIMARY KEY, v text);"
      "INSERT INTO t SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 20000) i;"
      "CREATE TABLE e(id int PRIMARY KEY, p int NOT NULL, v text) ");
  const auto tables = [&](const char* jobs) {
    const ScratchFolder folder;
    const Run run = dbkeeper::testing::run({"export", "-o", (folder / "e.json").string(), "--json",
                                            "-j", jobs, "--db", scratch.url()});
    REQUIRE(run.exit == 0);
    const json document = json::parse(content(folder / "e.json"));
    CHECK(ids_in(document["data"]["t"]).size() == 20000);
    return report_of(run)["result"]["tables"];
  };
  const json one = tables("1");
  CHECK(tables("2") == one);
  CHECK(tables("7") == one);
}

TEST_CASE("the address's schema limits what is exported") {
  const ScratchPostgres scratch(
      "CREATE TABLE a(id int PRIMARY KEY); CREATE SCHEMA app; CREATE TABLE app.b(id int PRIMARY "
      "KEY)");
  const Run run =
      dbkeeper::testing::run({"export", "-o", "-", "--db", scratch.url() + "?schema=app"});
  CHECK(run.exit == 0);
  const json document = json::parse(run.out);
  CHECK(names_in(document["data"]) == Names{"app.b"});
  CHECK(document["export_metadata"]["options"]["schema"] == "app");
}

TEST_CASE("what can never be exported is named with the reason") {
  const ScratchSqlite scratch(fixture("virtual_tables.sqlite.sql"));
  const Run run = dbkeeper::testing::run(
      {"export", "-o", (scratch.folder() / "e.json").string(), "--json", "--db", scratch.url()});
  const json left_out = report_of(run)["result"]["left_out"];
  CHECK(left_out.size() > 1);
  for (const json& table : left_out) CHECK_FALSE(table["reason"].get<std::string>().empty());
}

TEST_CASE("a partitioned table is one table with the rows of all its partitions, each once") {
  ScratchPostgres scratch(fixture("partitions.postgres.sql"));
  const Run run = dbkeeper::testing::run({"export", "-o", "-", "--db", scratch.url()});
  REQUIRE(run.exit == 0);
  const json document = json::parse(run.out);
  CHECK(names_in(document["data"]) == Names{"bucket", "device", "event", "event_note", "unborn"});
  for (const auto& [table, rows] : document["data"].items())
    CHECK(std::to_string(rows.size()) == scratch.query("SELECT count(*) FROM " + table));
}
