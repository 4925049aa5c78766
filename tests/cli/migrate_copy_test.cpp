// What a migration command does to the copy that was made before it: `git clean -fdx` takes the
// backup folder as well as the database.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/migration.h"
#include "support/catch.h"

using namespace dbkeeper::testing;

namespace {

namespace fs = std::filesystem;

template <class Scratch>
struct Destroyed : Shop<Scratch> {
  // The orders are lost, and `harm` is done to the folder.
  Run lose(Words options, const std::string& harm, int status = 3) const {
    std::string line;
    for (const std::string& word : sql_command(this->database, {"DELETE FROM orders"}))
      line += "'" + word + "' ";
    options.emplace_back("--json");
    return this->migrate(options, shell_command("D='" + this->dir() + "'; " + line + "&& " + harm +
                                                "; exit " + std::to_string(status)));
  }
};

std::string text_at(const nlohmann::json& value) {
  return value.is_null() ? "" : value.get<std::string>();
}

}  // namespace

TEMPLATE_TEST_CASE("a copy that the command removes is written again", "", ScratchSqlite,
                   ScratchPostgres) {
  Destroyed<TestType> shop;
  const std::string harm =
      GENERATE(as<std::string>{}, "rm -rf \"$D\"", "rm \"$D\"/*.dbk", "rm \"$D\"/*.run",
               "mv \"$D\" \"$D\".old && rm \"$D\".old/*.dbk");
  const Run failed = shop.lose({}, harm);
  INFO(harm << "\n" << failed.err);
  REQUIRE(failed.exit == 8);
  CHECK(fs::exists(text_at(report_of(failed)["result"]["backup"])));
  CHECK_THAT(failed.err, contains("dbkeeper restore --undo"));
  const Run undone = shop.undo();
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(shop.orders() == kOrders);
  drop_put_aside(shop.database);
}

TEMPLATE_TEST_CASE("the database is put back though the command removed the copy", "",
                   ScratchSqlite, ScratchPostgres) {
  Destroyed<TestType> shop;
  const Run failed = shop.lose({"--auto-restore"}, "rm -rf \"$D\"");
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK(report_of(failed)["result"]["restored"] == true);
  CHECK(shop.orders() == kOrders);
  CHECK(fs::exists(text_at(report_of(failed)["result"]["backup"])));
  drop_put_aside(shop.database);
}

TEST_CASE("git clean takes the database and its copy, and both come back") {
  Destroyed<ScratchSqlite> shop;
  const Run failed = shop.migrate(
      {"--auto-restore"},
      shell_command("rm -rf '" + shop.dir() + "' '" + shop.database.path().string() + "'; exit 1"));
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK(shop.orders() == kOrders);
}

TEST_CASE("another file under the copy's name stays, and the copy gets another name") {
  Destroyed<ScratchSqlite> shop;
  const Run failed = shop.lose({}, "echo mine > x; mv x \"$D\"/*.dbk");
  INFO(failed.err);
  REQUIRE(failed.exit == 8);
  const std::string copy = text_at(report_of(failed)["result"]["backup"]);
  CHECK_THAT(copy, contains("-2.dbk"));
  CHECK(shop.copies().size() == 2);
  CHECK(shop.undo().exit == 0);
  CHECK(shop.orders() == kOrders);
}

TEST_CASE("where a file stands in the folder's place, the copy stands above it") {
  Destroyed<ScratchSqlite> shop;
  const Run failed = shop.lose({}, "rm -rf \"$D\" && echo mine > \"$D\"");
  INFO(failed.err);
  REQUIRE(failed.exit == 8);
  const auto result = report_of(failed)["result"];
  const std::string copy = text_at(result["backup"]);
  CHECK(fs::path(copy).parent_path() == shop.folder.path());
  CHECK_THAT(text_at(result["undo"]), contains("restore " + copy));
  const Run restored = run({"restore", copy, "--yes", "--db", shop.database.url(), "--dir",
                            (shop.folder / "others").string()});
  INFO(restored.err);
  CHECK(restored.exit == 0);
  CHECK(shop.orders() == kOrders);
}

TEST_CASE("a copy that the command writes over is lost, and no undo is named") {
  Destroyed<ScratchSqlite> shop;
  const bool back = GENERATE(false, true);
  const Run failed =
      shop.lose(back ? Words{"--auto-restore"} : Words{}, "for f in \"$D\"/*.dbk; do : > $f; done");
  INFO(failed.err);
  CHECK(failed.exit == 8);
  CHECK_THAT(failed.err, contains("it is lost"));
  CHECK_THAT(failed.err, !contains("--undo"));
  CHECK(report_of(failed)["result"]["backup"].is_null());
  CHECK(report_of(failed)["result"]["undo"].is_null());
}

TEST_CASE("a command that removes the copy and changes nothing leaves none") {
  Shop<ScratchSqlite> shop;
  const Run done = shop.migrate({}, shell_command("rm -rf '" + shop.dir() + "'"));
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(shop.copies().empty());
}
