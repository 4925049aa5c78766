// What runs out while the migration command is at work: the exit code and the undo stay right.
#include <filesystem>

#include "cli/migration.h"
#include "support/catch.h"

using namespace dbkeeper::testing;

namespace {

template <class Scratch>
std::string harm(const Scratch& database) {
  std::string line;
  for (const std::string& word : sql_command(database, {"DELETE FROM orders"}))
    line += "'" + word + "' ";
  return line;
}

}  // namespace

TEMPLATE_TEST_CASE("a database is put back though no thread can be started any more", "",
                   ScratchSqlite, ScratchPostgres) {
  if (is_sanitized()) return;  // a sanitizer takes the calls for itself
  Shop<TestType> shop;
  // Any but the first, which waits for signals.
  const Run failed = shop.migrate(
      {"--auto-restore", "--jobs", "4", "--json"}, shell_command(harm(shop.database) + "; exit 3"),
      {.env = {{"LD_PRELOAD", DBKEEPER_FAULTS_LIBRARY}, {"DBKEEPER_FAULT", "thread:2+"}}});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK(report_of(failed)["result"]["restored"] == true);
  CHECK(shop.orders() == kOrders);
  drop_put_aside(shop.database);
}

TEST_CASE("where no memory is left after the command, the undo is named or it is put back") {
  if (is_sanitized()) return;  // a sanitizer ends the program where it gets no memory itself
  Shop<ScratchSqlite> shop;
  shop.database.exec(
      "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
      "INSERT INTO orders SELECT i, 1, i FROM n");
  const Run failed = shop.migrate(
      {"--auto-restore"},
      shell_command(harm(shop.database) + "; prlimit --pid $PPID --as=1000000; exit 3"));
  INFO(failed.err);
  if (failed.exit == 1) {
    CHECK(shop.database.query("SELECT count(*) FROM orders") == "20000");
  } else {
    CHECK(failed.exit == 8);
    CHECK_THAT(failed.err, contains("restore --undo"));
  }
}
