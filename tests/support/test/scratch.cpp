#include "support/scratch.h"

#include <filesystem>

#include "support/catch.h"

namespace dbkeeper::testing {

TEST_CASE("a scratch folder is gone with its files when it goes out of scope") {
  std::filesystem::path path;
  {
    const ScratchFolder folder;
    path = folder.write("deep/down/file", "content").parent_path().parent_path();
    CHECK(std::filesystem::exists(folder / "deep"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a scratch SQLite database holds what was put into it") {
  ScratchSqlite database("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, NULL)");
  CHECK(database.query("SELECT a, b FROM t ORDER BY a") == "1|x\n2|");
  CHECK(database.url().starts_with("sqlite:////"));
  CHECK_THROWS_WITH(database.exec("nonsense"), contains("syntax error"));
}

TEST_CASE("a scratch SQLite database without tables is a database all the same") {
  CHECK(std::filesystem::file_size(ScratchSqlite().path()) > 0);
}

}  // namespace dbkeeper::testing
