// --quiet, as cron uses it: whoever has nothing to say mails nobody.
#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

using Words = std::vector<std::string>;

constexpr const char* kTable = "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);";

struct Shop {
  Run quiet(Words words) const {
    Words all = {"-q", "--db", database.url(), "--dir", (folder / "backups").string()};
    all.insert(all.end(), words.begin(), words.end());
    return run(all, {.cwd = folder.path()});
  }

  ScratchFolder folder;
  ScratchSqlite database{kTable};
};

}  // namespace

TEST_CASE("with --quiet what went well says nothing") {
  const Shop shop;
  const std::vector<Words> commands = {
      {"export", "-o", "rows.json"},
      {"verify", "rows.json"},
      {"import", "rows.json"},
      {"import", "rows.json", "--mode", "clean", "--yes"},
      {"backup", "-o", "shop.dbk"},
      {"backup", "--keep", "1", "--with-json"},
      {"verify", "shop.dbk", "--drill"},
      {"verify", "--all"},
      {"restore", "shop.dbk", "--yes"},
      {"restore", "--undo", "--yes"},
      {"migrate", "--", "true"},
      {"migrate", "--", "sqlite3", shop.database.path().string(), "CREATE TABLE u(id INTEGER)"},
      {"cleanup"}};
  for (const Words& words : commands) {
    CAPTURE(words);
    const Run result = shop.quiet(words);
    CHECK(result.exit == 0);
    CHECK(result.out.empty());
    CHECK(result.err.empty());
  }
  const Run to_stdout = shop.quiet({"export", "-o", "-"});
  CHECK(to_stdout.err.empty());
  CHECK_NOTHROW(nlohmann::json::parse(to_stdout.out));
  CHECK(report_of(shop.quiet({"backup", "--json"}))["ok"] == true);
}

TEST_CASE("with --quiet what is asked for is shown, and nothing beside it") {
  const Shop shop;
  REQUIRE(shop.quiet({"backup", "-o", "shop.dbk"}).exit == 0);
  REQUIRE(shop.quiet({"export", "-o", "rows.json"}).exit == 0);
  REQUIRE(shop.quiet({"backup"}).exit == 0);
  const std::vector<std::pair<Words, std::string>> commands = {
      {{"list"}, "manual"},
      {{"restore", "--list"}, "manual"},
      {{"inspect"}, "1 table"},
      {{"inspect", "--format", "json"}, "\"tables\""},
      {{"check"}, "ok"},
      {{"diff", "rows.json"}, "equal"},
      {{"config"}, "lock-timeout"},
      {{"cleanup", "--dry-run"}, "keep"},
      {{"import", "rows.json", "--dry-run"}, "1 row"},
      {{"help"}, "Usage"},
      {{"backup", "--help"}, "Usage"},
      {{"completion", "bash"}, "complete"}};
  for (const auto& [words, answer] : commands) {
    CAPTURE(words);
    const Run result = shop.quiet(words);
    CHECK(result.exit == 0);
    CHECK_THAT(result.out, contains(answer));
    CHECK(result.err.empty());
  }
}

TEST_CASE("with --quiet a failure and a warning are told all the same") {
  Shop shop;
  CHECK_THAT(shop.quiet({"import", "none.json"}).err, contains("error: "));
  REQUIRE(shop.quiet({"backup", "-o", "shop.dbk"}).exit == 0);
  REQUIRE(shop.quiet({"backup"}).exit == 0);
  shop.database.exec("DELETE FROM t");
  const Run collapsed = shop.quiet({"backup"});
  CHECK(collapsed.exit == 0);
  CHECK(collapsed.out.empty());
  CHECK_THAT(collapsed.err, contains("warning: "));
}
