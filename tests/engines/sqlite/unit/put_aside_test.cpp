#include "engines/sqlite/put_aside.h"

#include "support/catch.h"
#include "support/scratch.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;
using testing::ScratchFolder;

}  // namespace

TEST_CASE("of those put aside the newest stays, within a second the last one") {
  const ScratchFolder folder;
  const std::string beginning = "shop_before_20260102T030405Z";
  folder.write("shop_before_20260101T030405Z.db", "");
  folder.write(beginning + ".db", "");
  for (const int number : {2, 9, 10})
    folder.write(beginning + "-" + std::to_string(number) + ".db", "");
  folder.write(beginning + "-2.db-wal", "");
  const auto path = [&](const std::string& name) { return (folder / name).string(); };
  CHECK(drop_put_aside(folder / "shop.db", 2) ==
        std::vector<std::string>{path(beginning + "-2.db"), path(beginning + ".db"),
                                 path("shop_before_20260101T030405Z.db")});
  CHECK(fs::exists(folder / (beginning + "-10.db")));
  CHECK(fs::exists(folder / (beginning + "-9.db")));
  CHECK_FALSE(fs::exists(folder / (beginning + "-2.db-wal")));
}

TEST_CASE("nothing else than what was put aside is dropped") {
  const ScratchFolder folder;
  const std::vector<std::string> others = {"shop.db",
                                           "shop_before_lunch.db",
                                           "shop_before_20260102T030405Z.sqlite",
                                           "shop_before_20260102T030405Z-.db",
                                           "shop_before_20260102T030405Z-x.db",
                                           "shop_before_20260102T030405Z_2.db",
                                           "shop2_before_20260102T030405Z.db"};
  for (const std::string& name : others) folder.write(name, "");
  CHECK(drop_put_aside(folder / "shop.db", 0).empty());
  for (const std::string& name : others) CHECK(fs::exists(folder / name));
}

TEST_CASE("two put aside in the same second are told apart by their age") {
  const ScratchFolder folder;
  const fs::path database = folder.write("shop.db", "first");
  const fs::path first = put_aside(database);
  fs::remove(database);
  folder.write("shop.db", "second");
  const fs::path second = put_aside(database);
  CHECK(drop_put_aside(database, 1) == std::vector<std::string>{first.string()});
  CHECK(fs::exists(second));
}

}  // namespace dbkeeper::sqlite
