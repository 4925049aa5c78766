// dbkeeper migrate --rehearse: the command on a scratch copy first.
#include <signal.h>

#include <fstream>

#include "cli/migration.h"
#include "support/catch.h"

using namespace dbkeeper::testing;

namespace {

// A command that does these statements to whatever database DATABASE_URL names.
std::string by_variable(const ScratchSqlite&, const std::string& statements) {
  return "sqlite3 -bail \"/${DATABASE_URL##sqlite:*///}\" \"" + statements + "\"";
}
std::string by_variable(const ScratchPostgres&, const std::string& statements) {
  return "'" + (postgres_programs() / "psql").string() +
         "' -X -q -v ON_ERROR_STOP=1 -d \"$DATABASE_URL\" -c \"" + statements + "\"";
}

// What settings call it.
std::string named_in(const ScratchSqlite& database) { return database.path().filename().string(); }
std::string named_in(const ScratchPostgres& database) { return database.name(); }

template <class Scratch>
struct Rehearsed : Shop<Scratch> {
  // As an application is set up: the database in a variable.
  Run rehearse(Words options, const std::string& script, std::filesystem::path cwd = {}) {
    options.insert(options.begin(), {"migrate", "--rehearse", "--dir", this->dir()});
    options.insert(options.end(), {"--", "sh", "-c", script});
    return run(options, {.env = {{"DATABASE_URL", this->database.url()}}, .cwd = std::move(cwd)});
  }
  std::string by_variable(const std::string& statements) {
    return ::by_variable(this->database, statements);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a rehearsal that goes well is followed by the migration", "", ScratchSqlite,
                   ScratchPostgres) {
  Rehearsed<TestType> shop;
  const Run done = shop.rehearse(
      {"--json"}, shop.by_variable("ALTER TABLE customer ADD COLUMN mail TEXT; "
                                   "INSERT INTO customer VALUES (4, 'di', NULL, 'd@x')"));
  INFO(done.err << done.out);
  REQUIRE(done.exit == 0);
  const auto result = report_of(done)["result"];
  CHECK(result["changed"] == true);
  CHECK(result["rehearsal"]["ok"] == true);
  CHECK(result["rehearsal"]["ledger"][0]["rows"]["after"] == 4);
  CHECK(result["rehearsal"]["seconds"].is_number());
  CHECK(result["rehearsal"]["locks"].is_array());
  CHECK(shop.database.query("SELECT count(*) FROM customer") == "4");
}

TEMPLATE_TEST_CASE("a rehearsal that fails leaves the live database alone", "", ScratchSqlite,
                   ScratchPostgres) {
  Rehearsed<TestType> shop;
  const Run failed =
      shop.rehearse({"--json"}, shop.by_variable("DELETE FROM orders") + " && exit 3");
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("the rehearsal's command ended with status 3"));
  CHECK_THAT(failed.err, contains("the live database is as it was"));
  CHECK(report_of(failed)["result"]["rehearsal"]["ok"] == false);
  CHECK(shop.orders() == kOrders);
  CHECK(shop.copies().empty());
}

TEMPLATE_TEST_CASE("a rehearsal that loses data stops when strict", "", ScratchSqlite,
                   ScratchPostgres) {
  Rehearsed<TestType> shop;
  const Run failed = shop.rehearse({"--strict"}, shop.by_variable("DELETE FROM orders"));
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("orders"));
  CHECK(shop.orders() == kOrders);
}

TEST_CASE("a command that knows the live database by itself is found out") {
  Rehearsed<ScratchPostgres> shop;
  const ScratchFolder project;
  project.write("settings.ini", "url = " + shop.database.url() + "\n");
  const std::string script =
      "'" + (postgres_programs() / "psql").string() +
      "' -X -q -d \"$(sed 's,url = ,,' settings.ini)\" -c 'DELETE FROM orders'";
  SECTION("and told, with the undo") {
    const Run failed = shop.rehearse({}, script, project.path());
    INFO(failed.err);
    CHECK(failed.exit == 8);
    CHECK_THAT(failed.err, contains("live database"));
    CHECK_THAT(failed.err, contains("restore --undo"));
    CHECK(shop.orders().empty());
  }
  SECTION("and put back") {
    const Run failed = shop.rehearse({"--auto-restore"}, script, project.path());
    INFO(failed.err);
    CHECK(failed.exit == 1);
    CHECK(shop.orders() == kOrders);
    drop_put_aside(shop.database);
  }
}

TEST_CASE("a command that knows the live file by itself finds it locked") {
  Rehearsed<ScratchSqlite> shop;
  const ScratchFolder project;
  project.write("settings.ini", "url = " + shop.database.url() + "\n");
  const Run failed =
      shop.rehearse({}, "sqlite3 -bail \"/$(sed 's,.*////,,' settings.ini)\" 'DELETE FROM orders'",
                    project.path());
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("locked"));
  CHECK_THAT(failed.err, contains("settings.ini"));
  CHECK_THAT(failed.err, contains("the live database is as it was"));
  CHECK(shop.orders() == kOrders);
  CHECK(shop.copies().empty());
}

TEMPLATE_TEST_CASE("a rehearsal to which nothing leads isn't begun", "", ScratchSqlite,
                   ScratchPostgres) {
  Rehearsed<TestType> shop;
  const ScratchFolder project;
  project.write("settings.py",
                "DATABASES = {'default': {\n  'NAME': '" + named_in(shop.database) + "',\n}}\n");
  const std::string mark = (project / "has-run").string();
  const Run refused = shop.migrate({"--rehearse"}, {"touch", mark}, {.cwd = project.path()});
  INFO(refused.err);
  CHECK(refused.exit == 2);
  CHECK_THAT(refused.err, contains("settings.py"));
  CHECK_THAT(refused.err, contains("{url}"));
  CHECK_THAT(refused.err, contains("DATABASE_URL"));
  CHECK_FALSE(std::filesystem::exists(mark));
  CHECK(shop.copies().empty());
}

TEMPLATE_TEST_CASE("sources that read DATABASE_URL lead to the copy", "", ScratchSqlite,
                   ScratchPostgres) {
  Rehearsed<TestType> shop;
  const ScratchFolder project;
  project.write("env.py",
                "import os, subprocess, sys\n"
                "url = os.environ['DATABASE_URL']\n"
                "if url.startswith('sqlite'):\n"
                "    sys.exit(subprocess.call(['sqlite3', url.split('://')[1][1:], sys.argv[1]]))\n"
                "sys.exit(subprocess.call(['" +
                    (postgres_programs() / "psql").string() +
                    "', '-Xq', url, '-c', sys.argv[1]]))\n");
  const Run done = shop.migrate(
      {"--rehearse"}, {"/usr/bin/python3", "env.py", "ALTER TABLE customer ADD COLUMN m TEXT"},
      {.cwd = project.path()});
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
}

TEMPLATE_TEST_CASE("{url} in a word is the copy's address, and then the database's", "",
                   ScratchSqlite, ScratchPostgres) {
  Rehearsed<TestType> shop;
  const ScratchFolder folder;
  const std::string seen = (folder / "seen").string();
  const Run done = shop.migrate({"--rehearse"},
                                {"sh", "-c",
                                 "echo \"$1\" >> '" + seen + "'; DATABASE_URL=$1; " +
                                     shop.by_variable("ALTER TABLE customer ADD COLUMN mail TEXT"),
                                 "sh", "{url}"});
  INFO(done.err << done.out);
  REQUIRE(done.exit == 0);
  CHECK(shop.database.query("SELECT count(mail) FROM customer") == "0");
  std::ifstream lines(seen);
  std::string copy, live;
  std::getline(lines, copy);
  std::getline(lines, live);
  CHECK_THAT(copy, contains("rehearsal"));
  CHECK_THAT(live, !contains("rehearsal"));
}

TEMPLATE_TEST_CASE("a rehearsal that did nothing says which file seems to name the database", "",
                   ScratchSqlite, ScratchPostgres) {
  Rehearsed<TestType> shop;
  const ScratchFolder project;
  project.write("alembic.ini", "sqlalchemy.url = " + shop.database.url() + "\n");
  const Run failed = shop.rehearse({}, "exit 0", project.path());
  INFO(failed.err);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("did nothing to the rehearsal's database"));
  CHECK_THAT(failed.err, contains("alembic.ini"));
  CHECK(shop.copies().empty());
}

TEST_CASE("a rehearsal whose command changes the live database as well is stopped") {
  Rehearsed<ScratchPostgres> shop;
  const ScratchFolder mark;
  std::string live;
  const std::string harm = GENERATE(as<std::string>{}, "CREATE INDEX by_total ON orders (total)",
                                    "DELETE FROM orders WHERE id > 2");
  for (const std::string& word : sql_command(shop.database, {harm})) live += "'" + word + "' ";
  // The live database is led to by its plain address within a script: no word of the command.
  const std::string script = mark.write("harm.sh", live + "\n").string();
  const Run failed = shop.rehearse(
      {"--json"}, shop.by_variable("ALTER TABLE customer ADD COLUMN mail TEXT") + "; sh " + script);
  INFO(failed.err << failed.out);
  CHECK(failed.exit == 8);
  CHECK_THAT(failed.err, contains("worked on the live database"));
  CHECK_THAT(failed.err, contains("restore --undo"));
  CHECK(report_of(failed)["result"]["changed"] == true);
  CHECK(report_of(failed)["result"]["status"].is_null());  // the run itself never was
}

TEST_CASE("rows that others add during a rehearsal don't stop it") {
  Rehearsed<ScratchPostgres> shop;
  const ScratchFolder folder;
  std::string others;
  for (const std::string& word :
       sql_command(shop.database, {"INSERT INTO orders (id, customer_id, total) "
                                   "SELECT max(id) + 1, 1, 5 FROM orders"}))
    others += "'" + word + "' ";
  const std::string script = folder.write("others.sh", others + "\n").string();
  const Run done = shop.rehearse(
      {}, shop.by_variable("ALTER TABLE customer ADD COLUMN mail TEXT") + "; sh " + script);
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  CHECK_THAT(done.err, contains("others have written to the live database"));
}

TEMPLATE_TEST_CASE("a command that changed the rehearsal's database alone has failed", "",
                   ScratchSqlite, ScratchPostgres) {
  Rehearsed<TestType> shop;
  const ScratchFolder folder;
  const std::string mark = (folder / "rehearsed").string();
  const Run failed =
      shop.rehearse({}, "[ -e '" + mark + "' ] || { " +
                            shop.by_variable("ALTER TABLE customer ADD COLUMN mail TEXT") +
                            "; touch '" + mark + "'; }");
  INFO(failed.err << failed.out);
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err, contains("it may work with another database"));
  CHECK(shop.customers() == kCustomers);
  CHECK(shop.copies().empty());
}

TEMPLATE_TEST_CASE("after a rehearsal the live database is in DATABASE_URL as well", "",
                   ScratchSqlite, ScratchPostgres) {
  Rehearsed<TestType> shop;
  const Run done = shop.migrate(
      {"--rehearse"}, shell_command(shop.by_variable("ALTER TABLE customer ADD COLUMN mail TEXT")));
  INFO(done.err << done.out);
  CHECK(done.exit == 0);
  CHECK(shop.database.query("SELECT count(mail) FROM customer") == "0");
}

TEST_CASE("a rehearsal that is interrupted says that the live database is as it was") {
  Rehearsed<ScratchSqlite> shop;
  Running running(
      shop.words({"--rehearse"}, shell_command("echo ready; while :; do sleep 0.05; done")),
      {.env = {{"DATABASE_URL", shop.database.url()}}});
  running.wait_for("ready");
  running.signal(SIGINT);
  const Run result = running.wait();
  INFO(result.err);
  CHECK(result.exit == 130);
  CHECK_THAT(result.err, contains("during the rehearsal; the live database is as it was"));
  CHECK(shop.copies().empty());
}
