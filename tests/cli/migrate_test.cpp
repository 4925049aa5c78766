// dbkeeper migrate, as a user meets it: what is done around somebody else's command.
#include <algorithm>
#include <filesystem>

#include "cli/migration.h"
#include "dbkeeper/engines/connect.h"
#include "support/catch.h"

using namespace dbkeeper::testing;

namespace {

// Holds a lock on the database for some seconds, from outside of the command's process group.
std::string lock_aside(const ScratchSqlite& database, int seconds) {
  return "setsid sqlite3 '" + database.path().string() + "' 'BEGIN EXCLUSIVE' '.shell sleep " +
         std::to_string(seconds) + "' 'COMMIT' >/dev/null 2>&1 & sleep 0.4";
}
std::string lock_aside(const ScratchPostgres& database, int seconds) {
  return "setsid '" + (postgres_programs() / "psql").string() + "' -X -q -d '" + database.url() +
         "' -c 'BEGIN; LOCK TABLE customer; SELECT pg_sleep(" + std::to_string(seconds) +
         ")' >/dev/null 2>&1 & sleep 0.4";
}

// The same as sql_command, as a line for a shell.
template <class Scratch>
std::string sql_line(const Scratch& database, const Words& statements) {
  std::string line;
  for (const std::string& word : sql_command(database, statements)) line += "'" + word + "' ";
  return line;
}

}  // namespace

TEMPLATE_TEST_CASE("a migration that goes well keeps a proven copy from before, and can be undone",
                   "", ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Run done = shop.sql({"--json"}, {"ALTER TABLE customer ADD COLUMN mail TEXT",
                                         "INSERT INTO customer VALUES (4, 'di', NULL, 'd@x')"});
  INFO(done.err << done.out);
  REQUIRE(done.exit == 0);
  const auto result = report_of(done)["result"];
  CHECK(result["status"] == 0);
  CHECK(result["changed"] == true);
  CHECK(result["losses"].empty());
  CHECK(result["findings"].empty());
  CHECK(result["restored"] == false);
  CHECK(result["ledger"][0]["table"] == "customer");
  CHECK(result["ledger"][0]["rows"] == nlohmann::json({{"before", 3}, {"after", 4}}));
  CHECK(result["ledger"][0]["values"]["mail"]["after"] == 1);
  REQUIRE(shop.copies().size() == 1);
  CHECK_THAT(shop.copies().front(), contains("_pre-migrate_"));
  CHECK(std::filesystem::exists(result["backup"].template get<std::string>()));
  CHECK_THAT(result["undo"].template get<std::string>(), contains("dbkeeper restore --undo"));

  const Run undone = shop.undo();
  INFO(undone.err);
  REQUIRE(undone.exit == 0);
  CHECK(shop.customers() == kCustomers);
  drop_put_aside(shop.database);
}

TEMPLATE_TEST_CASE("a command that changes nothing leaves no copy", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  const Run done = shop.sql({}, {"SELECT 1"});
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK_THAT(done.out, contains("nothing changed"));
  CHECK(shop.copies().empty());
  CHECK(std::filesystem::is_empty(shop.dir()));
}

TEMPLATE_TEST_CASE("a migration that fails in its transaction leaves the database and no copy", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Run failed =
      shop.sql({"--json"}, {"BEGIN; DELETE FROM orders; ALTER TABLE customer ADD COLUMN mail TEXT; "
                            "INSERT INTO no_such_table VALUES (1)"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("the database is as it was"));
  CHECK(report_of(failed)["result"]["backup"].is_null());
  CHECK(report_of(failed)["result"]["changed"] == false);
  CHECK(report_of(failed)["result"]["status"] != 0);
  CHECK(shop.orders() == kOrders);
  CHECK(shop.copies().empty());
}

TEMPLATE_TEST_CASE("a migration that fails half way is exit 8 with the command that undoes it", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Run failed = shop.sql({}, {"DROP TABLE orders", "INSERT INTO no_such_table VALUES (1)"});
  INFO(failed.err);
  CHECK(failed.exit == 8);
  CHECK_THAT(failed.err, contains("not as it was"));
  CHECK_THAT(failed.err, contains("orders"));
  CHECK_THAT(failed.err, contains("dbkeeper restore --undo"));
  CHECK(shop.copies().size() == 1);
  const Run undone = shop.undo();
  INFO(undone.err);
  REQUIRE(undone.exit == 0);
  CHECK(shop.orders() == kOrders);
  drop_put_aside(shop.database);
}

TEMPLATE_TEST_CASE("what a failed migration has changed is put back with --auto-restore", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Run failed = shop.sql({"--auto-restore", "--json"},
                              {"INSERT INTO customer VALUES (4, 'di', NULL), (5, 'ed', NULL)",
                               "DROP TABLE orders", "INSERT INTO no_such_table VALUES (1)"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("put back"));
  CHECK_THAT(failed.err, contains("2 rows that were not in the copy are in "));
  CHECK_THAT(
      failed.err,
      contains(report_of(failed)["result"]["replaced_database"].template get<std::string>()));
  CHECK(report_of(failed)["result"]["restored"] == true);
  CHECK(shop.orders() == kOrders);
  CHECK(shop.customers() == kCustomers);
  drop_put_aside(shop.database);
}

TEMPLATE_TEST_CASE("a database that is as it was is left alone by --auto-restore", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Run failed =
      shop.sql({"--auto-restore", "--json"}, {"INSERT INTO no_such_table VALUES (1)"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK(report_of(failed)["result"]["restored"] == false);
  CHECK(shop.copies().empty());
}

TEMPLATE_TEST_CASE("rows and values that a migration loses are named, and fail when strict", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const Words harm = {"UPDATE customer SET nickname = NULL", "DELETE FROM orders WHERE id > 2"};
  SECTION("they are warnings") {
    const Run done = shop.sql({}, harm);
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK_THAT(done.err, contains("customer.nickname"));
    CHECK_THAT(done.err, contains("orders"));
    CHECK_THAT(done.out, contains("restore --undo"));
  }
  SECTION("they fail with --strict") {
    const Run failed = shop.sql({"--strict"}, harm);
    INFO(failed.err);
    CHECK(failed.exit == 6);
    CHECK_THAT(failed.err, contains("customer.nickname"));
    CHECK_THAT(failed.err, contains("restore --undo"));
    CHECK(shop.copies().size() == 1);
  }
  SECTION("and are put back") {
    const Run failed = shop.sql({"--strict", "--auto-restore"}, harm);
    INFO(failed.err);
    CHECK(failed.exit == 6);
    CHECK(shop.orders() == kOrders);
    CHECK(shop.customers() == kCustomers);
    drop_put_aside(shop.database);
  }
  SECTION("but not if all of them are meant") {
    CHECK(shop.sql({"--strict", "--expect-loss", "customer.nickname"}, harm).exit == 6);
  }
  SECTION("with all of them named it is done") {
    const Run done = shop.sql({"--strict", "--expect-loss", "customer.nickname,orders"}, harm);
    INFO(done.err);
    CHECK(done.exit == 0);
  }
  SECTION("a name that nothing has, or has any more, is a warning with the nearest one") {
    const Run done = shop.sql({"--expect-loss", "custumer"}, {"SELECT 1"});
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK_THAT(done.err, contains("nothing is called 'custumer' (any more)"));
    CHECK_THAT(done.err, contains("did you mean 'customer'?"));
  }
  SECTION("what can't be a name is a mistake") {
    const Run wrong = shop.sql({"--expect-loss", "customer,"}, harm);
    CHECK(wrong.exit == 2);
    CHECK(shop.orders() == kOrders);
    CHECK(shop.copies().empty());
  }
}

TEMPLATE_TEST_CASE("whatever a migration drops can be brought back", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  shop.database.exec(
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
      "INSERT INTO alembic_version VALUES ('ae1027a6acf3')");
  const auto [statements, exit] = GENERATE(table<Words, int>(
      {{{"DROP TABLE alembic_version", "SELECT no_such_column"}, 8},
       {{"DROP TABLE orders", "DROP TABLE customer", "DROP TABLE alembic_version",
         "SELECT no_such_column"},
        8},
       {{"DROP TABLE orders", "DROP TABLE customer", "DROP TABLE alembic_version"}, 0}}));
  const Run migrated = shop.sql({}, statements);
  INFO(migrated.err);
  CHECK(migrated.exit == exit);
  const Run undone = shop.undo();
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(shop.orders() == kOrders);
  CHECK(shop.database.query("SELECT version_num FROM alembic_version") == "ae1027a6acf3");
  drop_put_aside(shop.database);
}

TEST_CASE("a migration that drops the schema is undone") {
  Shop<ScratchPostgres> shop;
  const Run failed = shop.sql({"--auto-restore"}, {"DROP SCHEMA public CASCADE", "SELECT nothing"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK(shop.orders() == kOrders);
  drop_put_aside(shop.database);
}

TEST_CASE("a file that a migration has removed comes back") {
  Shop<ScratchSqlite> shop;
  const Run failed = shop.migrate(
      {"--auto-restore"}, shell_command("rm " + shop.database.path().string() + "; exit 3"));
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("status 3"));
  CHECK(shop.orders() == kOrders);
}

TEST_CASE("orphans that a migration leaves behind are exit 6") {
  Shop<ScratchSqlite> shop;
  const Words harm = {"PRAGMA foreign_keys = OFF", "DELETE FROM customer WHERE id = 1"};
  SECTION("told with the undo") {
    const Run broken = shop.sql({"--json"}, harm);
    INFO(broken.err);
    CHECK(broken.exit == 6);
    CHECK_THAT(broken.err, contains("1 new problem"));
    CHECK(report_of(broken)["result"]["findings"][0]["check"] == "foreign key");
    CHECK(shop.copies().size() == 1);
  }
  SECTION("put back") {
    const Run broken = shop.sql({"--auto-restore"}, harm);
    INFO(broken.err);
    CHECK(broken.exit == 6);
    CHECK(shop.customers() == kCustomers);
  }
  SECTION("those that were there before aren't its fault") {
    shop.database.exec("PRAGMA foreign_keys = OFF; DELETE FROM customer WHERE id = 1");
    const Run done = shop.sql({}, {"ALTER TABLE orders ADD COLUMN note TEXT"});
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK_THAT(done.err, contains("before the migration: "));
  }
}

TEST_CASE("a table rebuild that deletes its children in passing is named in the ledger") {
  Shop<ScratchSqlite> shop;
  const Run done = shop.sql(
      {"--json"},
      {"PRAGMA foreign_keys = ON",
       "CREATE TABLE customer_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nickname TEXT, "
       "mail TEXT)",
       "INSERT INTO customer_new SELECT id, name, nickname, NULL FROM customer",
       "DROP TABLE customer", "ALTER TABLE customer_new RENAME TO customer"});
  INFO(done.err);
  CHECK(done.exit == 0);
  const auto losses = report_of(done)["result"]["losses"];
  REQUIRE(losses.size() == 1);
  CHECK(losses[0]["table"] == "orders");
  CHECK(losses[0]["before"] == 4);
  CHECK(losses[0]["after"] == 0);
}

TEST_CASE("a command that can't be run is told before anything is done") {
  Shop<ScratchSqlite> shop;
  const Run absent = shop.migrate({}, {"no_such_migrator", "upgrade"});
  CHECK(absent.exit == 1);
  CHECK_THAT(absent.err, contains("no_such_migrator"));
  CHECK_FALSE(std::filesystem::exists(shop.dir()));
}

TEST_CASE("what --unless says decides whether there is anything to do") {
  Shop<ScratchSqlite> shop;
  SECTION("nothing: no copy, and the command isn't run") {
    const Run done = shop.sql({"--unless", "exit 0"}, {"DELETE FROM orders"});
    CHECK(done.exit == 0);
    CHECK_THAT(done.out, contains("nothing to do"));
    CHECK(shop.orders() == kOrders);
    CHECK(shop.copies().empty());
  }
  SECTION("something") {
    CHECK(shop.sql({"--unless", "exit 1"}, {"DELETE FROM orders"}).exit == 0);
    CHECK(shop.orders().empty());
  }
  SECTION("a command that isn't there says nothing") {
    const Run wrong = shop.sql({"--unless", "no_such_program_at_all"}, {"DELETE FROM orders"});
    CHECK(wrong.exit == 2);
    CHECK_THAT(wrong.err, contains("--unless"));
    CHECK(shop.orders() == kOrders);
  }
}

TEST_CASE("a command without -- before it is answered with the right line") {
  const auto hint_of = [](const Words& words) {
    const Run run = dbkeeper::testing::run(words);
    CHECK(run.exit == 2);
    return run.err;
  };
  CHECK_THAT(hint_of({"migrate", "alembic", "upgrade", "head"}),
             contains("dbkeeper migrate -- alembic upgrade head\n"));
  CHECK_THAT(hint_of({"migrate", "--strict", "alembic", "-x", "a=b", "upgrade", "head", "--sql"}),
             contains("dbkeeper migrate --strict -- alembic -x a=b upgrade head --sql\n"));
  CHECK_THAT(hint_of({"migrate", "--timeout", "5m", "sh", "-c", "exit 0"}),
             contains("dbkeeper migrate --timeout 5m -- sh -c 'exit 0'\n"));
  CHECK_THAT(hint_of({"migrate", "python", "manage.py", "x", "--", "y"}),
             contains("dbkeeper migrate -- python manage.py x -- y\n"));
  CHECK_THAT(hint_of({"migrate"}), contains("dbkeeper migrate -- "));
  CHECK_THAT(hint_of({"migrate", "psql", "postgresql://u:hunter22@h/db"}), !contains("hunter22"));
  CHECK_THAT(hint_of({"migrate", "--stict", "--", "x"}), contains("--strict"));
}

TEST_CASE("no secret of the command's words is shown") {
  Shop<ScratchSqlite> shop;
  const Run failed =
      shop.migrate({"--json"}, {"sh", "-c", "exit 1", "-x", "dburl=postgresql://ann:hunter22@h/db",
                                "--password", "hunter22", "--token=hunter22"});
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err + failed.out, !contains("hunter22"));
  CHECK_THAT(failed.out, contains("ann"));
}

TEST_CASE("a migration's output is ours, and stderr's with --json") {
  Shop<ScratchSqlite> shop;
  const Run text = shop.migrate({}, shell_command("echo to-out; echo to-err >&2"));
  CHECK_THAT(text.out, contains("to-out"));
  CHECK_THAT(text.err, contains("to-err"));
  const Run json = shop.migrate({"--json"}, shell_command("echo to-out; cat"), {.input = "typed"});
  CHECK(report_of(json)["ok"] == true);
  CHECK_THAT(json.err, contains("to-out"));
  CHECK_THAT(json.err, contains("typed"));
}

TEST_CASE("a series of failures keeps the copy from before the first, until one succeeds") {
  Shop<ScratchSqlite> shop;
  REQUIRE(shop.sql({}, {"DELETE FROM orders WHERE id = 1", "SELECT nothing"}).exit == 8);
  const Words first = shop.copies();
  REQUIRE(first.size() == 1);
  for (int i = 0; i < 11; ++i)
    REQUIRE(shop.sql({}, {"UPDATE orders SET total = total + 1", "SELECT nothing"}).exit == 8);
  Words copies = shop.copies();
  CHECK(copies.size() <= 12);
  CHECK(std::find(copies.begin(), copies.end(), first.front()) != copies.end());
  REQUIRE(shop.sql({}, {"UPDATE orders SET total = 1"}).exit == 0);
  copies = shop.copies();
  CHECK(copies.size() == 10);
  CHECK(std::find(copies.begin(), copies.end(), first.front()) == copies.end());
}

TEMPLATE_TEST_CASE("a dbkeeper that the command calls works under its lock", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  const std::string rows = (shop.folder / "rows.json").string();
  REQUIRE(run({"export", "-o", rows, "--db", shop.database.url()}).exit == 0);
  shop.database.exec("DELETE FROM orders WHERE id > 2");
  const Run done = shop.migrate(
      {"--lock-timeout", "200ms"},
      {dbkeeper_binary(), "import", rows, "--db", shop.database.url(), "--lock-timeout", "200ms"});
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  CHECK(shop.orders() == kOrders);
}

TEMPLATE_TEST_CASE("what a variable says of a lock has to be proven", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  const std::string rows = (shop.folder / "rows.json").string();
  REQUIRE(run({"export", "-o", rows, "--db", shop.database.url()}).exit == 0);
  const dbkeeper::NamedDatabase named = dbkeeper::named_database(shop.database.url());
  const std::string claim = "DBKEEPER_LOCK_HOLDER='1 " + named.engine + " " + named.name + "'";
  const std::string inner = "'" + dbkeeper_binary() + "' import '" + rows + "' --db '" +
                            shop.database.url() + "' --lock-timeout 100ms";
  // The lock is held, but whoever claims it has not got it from the holder.
  const std::string without = "env -u DBKEEPER_LOCK_TOKENS ";
  const std::string how = GENERATE(as<std::string>(), "variable", "file", "guess");
  std::string script = without + claim + " " + inner;
  if (how == "file")
    script = "printf \"%s\\n\" \"" + claim +
             "\" \"DBKEEPER_LOCK_TOKENS=$DBKEEPER_LOCK_TOKENS\" > .env; " + without + inner;
  if (how == "guess") script = "DBKEEPER_LOCK_TOKENS=\"x$DBKEEPER_LOCK_TOKENS\" " + inner;
  const Run outer =
      shop.migrate({}, shell_command(script + "; echo inner $?"), {.cwd = shop.folder.path()});
  INFO(how << ": " << outer.err << outer.out);
  CHECK(outer.out.find("inner 7") != std::string::npos);
}

TEMPLATE_TEST_CASE("a lock that somebody holds for a moment afterwards says nothing", "",
                   ScratchSqlite, ScratchPostgres) {
  Shop<TestType> shop;
  const std::string good =
      sql_line(shop.database, {"ALTER TABLE customer ADD COLUMN mail TEXT"}) + "; ";
  const Words options = {"--json", "--auto-restore", "--lock-timeout", "300ms"};
  SECTION("it is waited for") {
    const Run done = shop.migrate(options, shell_command(good + lock_aside(shop.database, 1)));
    INFO(done.err << done.out);
    CHECK(done.exit == 0);
    const auto result = report_of(done)["result"];
    CHECK(result["changed"] == true);
    CHECK(result["unseen"].empty());
    CHECK(result["restored"] == false);
  }
  SECTION("or, held for long, told: the copy stays, and nothing is put back") {
    const Run done = shop.migrate(options, shell_command(good + lock_aside(shop.database, 12)));
    INFO(done.err << done.out);
    CHECK(done.exit == 0);
    CHECK_THAT(done.err, contains("could not be looked at"));
    const auto result = report_of(done)["result"];
    CHECK(result["changed"] != false);  // nobody knows, but for what a catalog tells
    CHECK_FALSE(result["unseen"].empty());
    CHECK(result["findings"].empty());
    CHECK(result["restored"] == false);
    CHECK(result["undo"].is_string());
    CHECK(shop.copies().size() == 1);
  }
  SECTION("a failure is exit 8 then, and isn't put back for that alone") {
    const Run failed =
        shop.migrate(options, shell_command(lock_aside(shop.database, 12) + "; exit 3"));
    INFO(failed.err << failed.out);
    CHECK(failed.exit == 8);
    CHECK(report_of(failed)["result"]["restored"] == false);
    CHECK(shop.copies().size() == 1);
  }
}

TEST_CASE("an invalid index that a failed command leaves is no database as it was") {
  Shop<ScratchPostgres> shop;
  shop.database.exec("UPDATE customer SET name = 'ann'");
  const Words harm = {"CREATE UNIQUE INDEX CONCURRENTLY by_name ON customer (name)"};
  const Run failed = shop.sql({"--json"}, harm);
  INFO(failed.err);
  CHECK(failed.exit == 8);
  CHECK_THAT(failed.err, contains("by_name"));
  CHECK(report_of(failed)["result"]["changed"] == true);
  CHECK(shop.copies().size() == 1);
}

TEMPLATE_TEST_CASE("a history that a migration drops or empties is lost", "", ScratchSqlite,
                   ScratchPostgres) {
  Shop<TestType> shop;
  shop.database.exec(
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
      "INSERT INTO alembic_version VALUES ('ae1027a6acf3')");
  const Words harm =
      GENERATE(Words{"DROP TABLE alembic_version"}, Words{"DELETE FROM alembic_version"});
  constexpr const char* kLost =
      "alembic_version: alembic stood at ae1027a6acf3, and has no history any more";
  SECTION("a warning") {
    const Run done = shop.sql({"--json"}, harm);
    CHECK(done.exit == 0);
    CHECK_THAT(done.err, contains(kLost));
    const auto loss = report_of(done)["result"]["losses"][0];
    CHECK(loss["kind"] == "history lost");
    CHECK(loss["version"] == "ae1027a6acf3");
  }
  SECTION("a failure when strict") {
    const Run failed = shop.sql({"--strict"}, harm);
    CHECK(failed.exit == 6);
    CHECK_THAT(failed.err, contains(kLost));
  }
  SECTION("unless it is meant") {
    CHECK(shop.sql({"--strict", "--expect-loss", "alembic_version"}, harm).exit == 0);
  }
}

TEST_CASE("what goes on behind a command keeps the copy") {
  Shop<ScratchSqlite> shop;
  const Run done = shop.migrate({}, shell_command("sleep 9 >/dev/null 2>&1 &"));
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  CHECK_THAT(done.err, contains("still running"));
  CHECK_THAT(done.out, contains("restore --undo"));
  CHECK(shop.copies().size() == 1);
}

TEST_CASE("a failure in a series names the copy from before the first") {
  Shop<ScratchSqlite> shop;
  const Run first = shop.sql({}, {"DELETE FROM orders WHERE id = 1", "SELECT nothing"});
  REQUIRE(first.exit == 8);
  CHECK_THAT(first.err, !contains("before the first failure"));
  const Words copies = shop.copies();
  REQUIRE(copies.size() == 1);
  for (const char* statement : {"DELETE FROM orders WHERE id = 2", "SELECT 1"}) {
    const Run next = shop.sql({}, {statement, "SELECT nothing"});
    INFO(next.err);
    CHECK(next.exit != 0);
    CHECK_THAT(next.err, contains("the copy from before the first failure is "));
    CHECK_THAT(next.err, contains(copies.front()));
  }
}

TEST_CASE("a failure that was put back is none of a series") {
  Shop<ScratchSqlite> shop;
  const Words harm = {"DELETE FROM orders WHERE id = 1", "SELECT nothing"};
  const std::string how = GENERATE("put back", "undone", "strict");
  if (how == "put back") {
    REQUIRE(shop.sql({"--auto-restore"}, harm).exit == 1);
  } else {
    REQUIRE(shop.sql({"--strict"}, how == "strict" ? Words{harm.front()} : harm).exit ==
            (how == "strict" ? 6 : 8));
    REQUIRE(shop.undo().exit == 0);
  }
  REQUIRE(shop.orders() == kOrders);
  shop.database.exec("INSERT INTO orders VALUES (5, 1, 50)");  // would be lost
  const Run next = shop.sql({}, harm);
  INFO(how << next.err);
  CHECK(next.exit == 8);
  CHECK_THAT(next.err, !contains("before the first failure"));
}

TEST_CASE("where the state that was put aside is, is told whatever was in it") {
  Shop<ScratchSqlite> shop;
  const Run failed =
      shop.sql({"--auto-restore", "--json"}, {"DELETE FROM orders", "SELECT nothing"});
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("what that replaced is in "));
  CHECK_THAT(failed.err,
             contains(report_of(failed)["result"]["replaced_database"].get<std::string>()));
}

TEST_CASE("a DATABASE_URL that names another database is told") {
  Shop<ScratchSqlite> shop;
  const ScratchFolder elsewhere;
  const std::string other = "sqlite:///" + (elsewhere / "elsewhere.db").string();
  constexpr const char* kTold = "DATABASE_URL names another database, 'elsewhere'";
  CHECK_THAT(shop.migrate({}, shell_command("exit 0"), {.env = {{"DATABASE_URL", other}}}).err,
             contains(kTold));
  CHECK_THAT(
      shop.migrate({}, shell_command("exit 0"), {.env = {{"DATABASE_URL", shop.database.url()}}})
          .err,
      !contains("another database"));
}

TEST_CASE("a report has the same keys whatever has happened") {
  Shop<ScratchSqlite> shop;
  const auto keys = [](const Run& run) {
    Words out;
    const auto report = report_of(run);
    for (const auto& [key, value] : report["result"].items()) out.push_back(key);
    return out;
  };
  const Words all = keys(shop.sql({"--json"}, {"UPDATE orders SET total = 1"}));
  CHECK(keys(shop.sql({"--json"}, {"SELECT nothing"})) == all);
  CHECK(keys(shop.sql({"--json", "--unless", "exit 0"}, {"SELECT 1"})) == all);
  CHECK(keys(shop.migrate({"--json", "--rehearse"}, shell_command(": $DATABASE_URL; exit 3"))) ==
        all);
}
