// When a backup is suspiciously small.
#include "dbkeeper/core/new_backup.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

using Texts = std::vector<std::string>;

BackupNumbers numbers(std::uint64_t rows, std::uint64_t bytes = 1000,
                      std::vector<std::pair<std::string, std::uint64_t>> tables = {}) {
  return {rows, bytes, std::move(tables)};
}

}  // namespace

TEST_CASE("the first backup has nothing to be compared with") {
  CHECK(collapses(numbers(0, 0), {}).empty());
}

TEST_CASE("rows and bytes are compared with the median of the earlier backups") {
  const std::vector<BackupNumbers> earlier = {numbers(100), numbers(10), numbers(90), numbers(80),
                                              numbers(1'000'000)};
  CHECK(collapses(numbers(45), earlier).empty());
  CHECK(collapses(numbers(44), earlier) ==
        Texts{"the number of rows is 44, less than half of the 90 of the last 5 backups of this "
              "database"});
  CHECK(collapses(numbers(90, 499), earlier) ==
        Texts{"the size of the backup is 499 B, less than half of the 1.0 KB of the last 5 backups "
              "of this database"});
  CHECK(collapses(numbers(0, 0), earlier).size() == 2);
  CHECK(collapses(numbers(0), {numbers(1)}).size() == 1);
  CHECK(collapses(numbers(0), {numbers(0)}).empty());
}

TEST_CASE("a table that had rows and has none is named, one that is often empty isn't") {
  const auto with = [](std::uint64_t users, std::uint64_t jobs) {
    return numbers(1000, 1000, {{"users", users}, {"jobs", jobs}});
  };
  CHECK(collapses(with(0, 0), {with(3, 0)}) ==
        Texts{"the table 'users' is empty, and had rows in the last backup of this database"});
  CHECK(collapses(with(3, 0), {with(3, 0), with(3, 9), with(3, 0)}).empty());
  CHECK(collapses(with(0, 1), {with(0, 1), with(3, 1)}).size() == 1);
  CHECK(collapses(numbers(1000, 1000, {{"new", 0}}), {with(3, 3)}).empty());
}
