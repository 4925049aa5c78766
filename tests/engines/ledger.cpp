// What a migration loses, by the ledger, on both engines.
#include "dbkeeper/core/ledger.h"

#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

using Texts = std::vector<std::string>;

const Stop stop;

Ledger ledger_of(const std::string& url) {
  const auto database = open(url);
  const auto snapshot = database->snapshot();
  return take_ledger(*snapshot, snapshot->schema(), stop);
}

template <class Scratch>
Texts lost(Scratch& scratch, std::string_view migration) {
  const Ledger before = ledger_of(scratch.url());
  scratch.exec(migration);
  Texts out;
  for (const Loss& loss : losses(before, ledger_of(scratch.url()))) out.push_back(text_of(loss));
  return out;
}

constexpr std::string_view kShop = R"(
  CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT, total INTEGER);
  CREATE TABLE items (id INTEGER PRIMARY KEY,
                      order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE);
  CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY);
  INSERT INTO alembic_version VALUES ('ae10');
  INSERT INTO orders VALUES (1, 'a', 5), (2, NULL, 6), (3, 'c', NULL);
  INSERT INTO items VALUES (1, 1), (2, 1), (3, 3);)";

}  // namespace

TEMPLATE_TEST_CASE("a ledger names what a migration lost", "", ScratchSqlite, ScratchPostgres) {
  TestType scratch(kShop);
  CHECK(lost(scratch,
             "UPDATE orders SET total = 0; INSERT INTO items VALUES (4, 2); "
             "DELETE FROM alembic_version")
            .empty());
  CHECK(lost(scratch, "ALTER TABLE orders DROP COLUMN note") ==
        Texts{"orders.note: the column is gone, and 2 values with it"});
  CHECK(lost(scratch, "ALTER TABLE orders RENAME COLUMN total TO amount") ==
        Texts{"orders.total: the column is gone, and 3 values with it (or is it amount now?)"});
  CHECK(lost(scratch, "UPDATE orders SET amount = NULL WHERE id > 1") ==
        Texts{"orders.amount: 2 of 3 values are gone"});
  CHECK(lost(scratch, "DROP TABLE items") == Texts{"items: the table is gone, and 4 rows with it"});
}

TEST_CASE("a table rebuilt in SQLite with foreign keys on empties its children: it is named") {
  ScratchSqlite scratch(kShop);
  CHECK(lost(scratch,
             "PRAGMA foreign_keys = ON; "
             "CREATE TABLE new_orders (id INTEGER PRIMARY KEY, note TEXT, total TEXT); "
             "INSERT INTO new_orders SELECT * FROM orders; DROP TABLE orders; "
             "ALTER TABLE new_orders RENAME TO orders") == Texts{"items: all 3 rows are gone"});
}

TEST_CASE("rows that a policy hides are no ledger's") {
  ScratchPostgres scratch(
      "CREATE TABLE t (a int); INSERT INTO t VALUES (1); ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
      "ALTER TABLE t FORCE ROW LEVEL SECURITY");
  const std::string role = scratch.name() + "_reader";
  scratch.exec("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON t TO " + role);
  const std::string url = scratch.url();
  const std::size_t name = url.find("://") + 3;
  const std::string as_role = url.substr(0, name) + role + url.substr(url.find('@', name));
  CHECK_THROWS_AS(ledger_of(as_role), Error);
  scratch.exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

}  // namespace dbkeeper::testing
