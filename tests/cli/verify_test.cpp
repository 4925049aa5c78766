// dbkeeper verify and inspect of export files, and what strangers make of such files.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// An export of a fixture, in a folder of its own.
struct Exported {
  explicit Exported(const std::string& url) {
    const Run done = run({"export", "--db", url, "-o", file().string()});
    INFO(done.err);
    REQUIRE(done.exit == 0);
  }

  std::filesystem::path file() const { return folder / "shop.json"; }
  std::string text() const { return read_file(file()); }
  // A copy with one piece replaced.
  std::string broken(const std::string& from, const std::string& to) const {
    std::string content = text();
    const std::size_t at = content.find(from);
    REQUIRE(at != std::string::npos);
    return folder.write("broken.json", content.replace(at, from.size(), to)).string();
  }

  ScratchFolder folder;
};

Run python(std::vector<std::string> args) {
  return run(std::move(args), {.binary = "/usr/bin/python3"});
}

std::string script(const char* name) { return std::string(DBKEEPER_FORMAT_SCRIPTS "/") + name; }
std::string format_schema() { return DBKEEPER_DOCS "/export-format.schema.json"; }

void check_by_strangers(const Exported& exported) {
  const Run stranger = python({script("stranger.py"), exported.file().string()});
  INFO(stranger.out << stranger.err);
  CHECK(stranger.exit == 0);
  const Run form = python({script("against_schema.py"), format_schema(), exported.file().string()});
  INFO(form.out << form.err);
  CHECK(form.exit == 0);
}

}  // namespace

TEST_CASE("verify needs no database and says what an export holds") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  const Exported exported(gym.url());
  const Run text = run({"verify", exported.file().string()});
  CHECK(text.exit == 0);
  CHECK(text.err.empty());
  CHECK_THAT(text.out,
             contains("6 tables, 64 rows, all digests hold; written") && contains("from sqlite"));

  const auto report =
      nlohmann::json::parse(run({"verify", "-", "--json"}, {.input = exported.text()}).out);
  CHECK(report["ok"] == true);
  const auto& result = report["result"];
  CHECK(result["kind"] == "export");
  CHECK(result["file"] == "stdin");
  CHECK(result["rows"] == 64);
  CHECK(result["tables"]["users"]["rows"] == 4);
  CHECK(result["references"].is_object());
}

TEST_CASE("verify reads a compressed export by its content, whatever it is called") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  const ScratchFolder folder;
  const std::string file = (folder / "shop.json.zst").string();
  REQUIRE(run({"export", "--db", gym.url(), "-o", file}).exit == 0);
  const std::string other = folder.write("shop.json", read_file(file)).string();
  CHECK(run({"verify", other}).exit == 0);
  const std::string bytes = read_file(file);
  const std::string cut = folder.write("cut.zst", bytes.substr(0, bytes.size() - 9)).string();
  CHECK(run({"verify", cut}).exit == 4);
}

TEST_CASE("what verify finds wrong is exit 4, with the line and what to do") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  const Exported exported(gym.url());
  const std::string text = exported.text();
  const std::string cut =
      exported.folder.write("cut.json", text.substr(0, text.size() / 2)).string();
  for (const std::string& file :
       {exported.broken("\"version\":\"1.0\"", "\"version\":\"2.0\""),
        exported.broken("\"summary\"", "\"sumary\""), exported.broken("\"rows\":4", "\"rows\":5"),
        cut, exported.folder.write("empty.json", "").string(),
        exported.folder.write("list.json", "[1, 2]").string(),
        exported.folder.write("deep.json", std::string(100'000, '[')).string(), gym.path().string(),
        exported.folder.path().string(), std::string("/no/such/file")}) {
    const Run done = run({"verify", file, "--json"});
    INFO(file << done.out);
    CHECK(done.exit == 4);
    CHECK(nlohmann::json::parse(done.out)["error"]["kind"] == "input");
  }
  const Run done = run({"verify", exported.broken("\"id\":1,", "\"id\":9,"), "--json"});
  CHECK(done.exit == 4);
  const auto error = nlohmann::json::parse(done.out)["error"];
  CHECK(error["line"].get<int>() > 1);
  CHECK(error.contains("table"));
  CHECK(error.contains("hint"));
}

TEST_CASE("verify ends with 130 soon after SIGINT, even where nothing comes") {
  Running waiting({"verify", "-"}, {.terminal = true});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  waiting.signal(SIGINT);
  CHECK(waiting.wait().exit == 130);
}

TEST_CASE("inspect shows an export as it shows the database") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  const Exported exported(gym.url());
  const Run text = run({"inspect", exported.file().string()});
  CHECK(text.exit == 0);
  CHECK_THAT(text.out, contains("alembic at ae1027a6acf3") && contains("an export of"));
  CHECK(text.out.find("\nusers") < text.out.find("\nsessions"));

  const auto of = [](std::vector<std::string> args) {
    return nlohmann::json::parse(run(std::move(args)).out);
  };
  const auto file = of({"inspect", exported.file().string(), "--format", "json"});
  const auto database = of({"inspect", "--db", gym.url(), "--exact", "--format", "json"});
  CHECK(file["rows"] == 64);
  CHECK(file["rows_exact"] == true);
  for (const auto& table : file["tables"]) {
    const auto same =
        std::find_if(database["tables"].begin(), database["tables"].end(),
                     [&](const auto& other) { return other["name"] == table["name"]; });
    REQUIRE(same != database["tables"].end());
    CHECK(table["rows"] == (*same)["rows"]);
    CHECK(table["primary_key"] == (*same)["primary_key"]);
    CHECK(table["natural_keys"] == (*same)["natural_keys"]);
    CHECK(table["foreign_keys"].size() == (*same)["foreign_keys"].size());
  }
}

TEST_CASE("inspect takes an SQLite database as its file, by its content") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"), "gym.json");
  const Run done = run({"inspect", gym.path().string()});
  CHECK(done.exit == 0);
  CHECK_THAT(done.out, contains("users"));
  CHECK(run({"inspect", "/no/such/file"}).exit == 4);
}

TEST_CASE("a stranger who has only read the format's description recomputes every digest") {
  for (const char* name :
       {"gym.postgres.sql", "domains_enums_composites_arrays.postgres.sql", "forum.postgres.sql",
        "quoted_names.postgres.sql", "planner.postgres.sql", "partitions.postgres.sql"}) {
    CAPTURE(name);
    const ScratchPostgres postgres(fixture(name));
    const Exported exported(postgres.url());
    check_by_strangers(exported);
    CHECK(run({"verify", exported.file().string()}).exit == 0);
  }
  for (const char* name : {"gym.sqlite.sql", "without_rowid.sqlite.sql", "quoted_names.sqlite.sql",
                           "virtual_tables.sqlite.sql", "planner.sqlite.sql"}) {
    CAPTURE(name);
    const ScratchSqlite sqlite(fixture(name));
    const Exported exported(sqlite.url());
    check_by_strangers(exported);
  }
}

TEST_CASE("the stranger and the schema notice what is broken") {
  const ScratchSqlite gym(fixture("gym.sqlite.sql"));
  const Exported exported(gym.url());
  CHECK(python({script("stranger.py"), exported.broken("\"id\":1,", "\"id\":9,")}).exit == 1);
  CHECK(python({script("stranger.py"), exported.broken("\"database\":\"", "\"database\":\"x")})
            .exit == 1);
  for (const auto& [from, to] : std::vector<std::pair<const char*, const char*>>{
           {"\"version\":\"1.0\"", "\"version\":\"2.0\""},
           {"\"format\":\"dbkeeper\"", "\"format\":\"other\""},
           {"\"kind\":\"integer\"", "\"kind\":\"int\""},
           {"\"nullable\":", "\"null\":"},
           {"\"data\":", "\"rows\":"},
           {"\"id\":1,", "\"id\":{\"$type\":\"int\",\"value\":1},"},
           {"\"id\":1,", "\"id\":{\"$type\":\"blob\",\"base64\":\"A\"},"},
           {"\"digest\":\"xxh3-128:", "\"digest\":\"md5:"},
           {"\"header\":", "\"heading\":"}}) {
    CAPTURE(from, to);
    CHECK(python({script("against_schema.py"), format_schema(), exported.broken(from, to)}).exit ==
          1);
  }
}
