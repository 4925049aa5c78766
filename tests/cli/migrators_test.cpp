// Real migration tools under dbkeeper migrate, as their users run them: a migration that goes well,
// one that fails half way outside of a transaction, one that loses data without a word.
#include <string>

#include "cli/migration.h"
#include "support/catch.h"

using namespace dbkeeper::testing;

namespace {

// What a migration does, in statements: each tool says it in its own words.
struct Steps {
  std::string up;
  std::string then_fails;
};

constexpr const char* kPython = "/usr/bin/python3";  // that has the system's packages
constexpr const char* kGood = "ALTER TABLE customer ADD COLUMN mail VARCHAR(80)";
constexpr const char* kHarm = "DELETE FROM orders WHERE id > 2";
constexpr const char* kFails = "INSERT INTO no_such_table VALUES (1)";

class Alembic {
 public:
  static constexpr const char* kTool = "alembic";
  static constexpr const char* kHistory = "SELECT version_num FROM alembic_version";

  Alembic() {
    folder_.write("alembic.ini", "[alembic]\nscript_location = migrations\n");
    folder_.write("migrations/env.py",
                  "import os\n"
                  "from alembic import context\n"
                  "from sqlalchemy import create_engine\n"
                  "with create_engine(os.environ['DATABASE_URL']).connect() as connection:\n"
                  "    context.configure(connection=connection)\n"
                  "    with context.begin_transaction():\n"
                  "        context.run_migrations()\n");
    folder_.write("migrations/script.py.mako", "");
    folder_.write("migrations/versions/start.py", revision("a1", "None", ""));
  }
  void add(const Steps& steps) const {
    std::string body = statement(steps.up);
    if (!steps.then_fails.empty()) body += statement(steps.then_fails);
    folder_.write("migrations/versions/next.py", revision("a2", "'a1'", body));
  }
  Words start() const { return {"alembic", "upgrade", "a1"}; }
  Words upgrade() const { return {"alembic", "upgrade", "head"}; }
  std::filesystem::path folder() const { return folder_.path(); }

 protected:
  static std::string statement(const std::string& sql) {
    return "    with op.get_context().autocommit_block():\n        op.execute('" + sql + "')\n";
  }
  static std::string revision(const std::string& name, const std::string& before,
                              const std::string& body) {
    return "from alembic import op\nrevision = '" + name + "'\ndown_revision = " + before +
           "\ndef upgrade():\n    pass\n" + body + "\n";
  }
  ScratchFolder folder_;
};

class FlaskMigrate : public Alembic {
 public:
  FlaskMigrate() {
    folder_.write("app.py",
                  "import os\n"
                  "from flask import Flask\n"
                  "from flask_sqlalchemy import SQLAlchemy\n"
                  "from flask_migrate import Migrate\n"
                  "app = Flask(__name__)\n"
                  "app.config['SQLALCHEMY_DATABASE_URI'] = os.environ['DATABASE_URL']\n"
                  "db = SQLAlchemy(app)\n"
                  "Migrate(app, db)\n");
    folder_.write("migrations/alembic.ini", "[alembic]\n");
  }
  Words start() const { return {kPython, "-m", "flask", "db", "upgrade", "a1"}; }
  Words upgrade() const { return {kPython, "-m", "flask", "db", "upgrade"}; }
};

class Django {
 public:
  static constexpr const char* kTool = "django";
  static constexpr const char* kHistory = "SELECT max(name) FROM django_migrations";

  Django() {
    folder_.write(
        "manage.py",
        "import os, sys\n"
        "from urllib.parse import urlsplit\n"
        "from django.conf import settings\n"
        "from django.core.management import execute_from_command_line\n"
        "url = urlsplit(os.environ['DATABASE_URL'])\n"
        "if url.scheme == 'sqlite':\n"
        "    database = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': url.path[1:]}\n"
        "else:\n"
        "    database = {'ENGINE': 'django.db.backends.postgresql', 'NAME': url.path[1:],\n"
        "                'USER': url.username, 'PASSWORD': url.password or '',\n"
        "                'HOST': url.hostname, 'PORT': url.port or ''}\n"
        "settings.configure(DATABASES={'default': database}, INSTALLED_APPS=['shop'])\n"
        "execute_from_command_line(sys.argv)\n");
    folder_.write("shop/__init__.py", "");
    folder_.write("shop/migrations/__init__.py", "");
    folder_.write("shop/migrations/a1.py", migration("", ""));
  }
  void add(const Steps& steps) const {
    std::string body = statement(steps.up);
    if (!steps.then_fails.empty()) body += statement(steps.then_fails);
    folder_.write("shop/migrations/a2.py", migration("('shop', 'a1')", body));
  }
  Words start() const { return {kPython, "manage.py", "migrate", "shop", "a1"}; }
  Words upgrade() const { return {kPython, "manage.py", "migrate"}; }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  static std::string statement(const std::string& sql) {
    return "migrations.RunSQL('" + sql + "'), ";
  }
  static std::string migration(const std::string& after, const std::string& body) {
    return "from django.db import migrations\n"
           "class Migration(migrations.Migration):\n"
           "    atomic = False\n"
           "    dependencies = [" +
           after + "]\n    operations = [" + body + "]\n";
  }
  ScratchFolder folder_;
};

// Writes its history as Prisma does: a row when a migration begins, and its end into that.
class Prisma {
 public:
  static constexpr const char* kTool = "prisma";
  static constexpr const char* kHistory =
      "SELECT max(migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL";

  Prisma() {
    folder_.write(
        "deploy.py",
        "import os, re, sys, time\n"
        "url = os.environ['DATABASE_URL']\n"
        "if url.startswith('sqlite'):\n"
        "    import sqlite3\n"
        "    db = sqlite3.connect(re.sub('^sqlite:///', '', url), isolation_level=None)\n"
        "    now = lambda: str(time.time_ns() // 1000000)\n"
        "else:\n"
        "    import psycopg2\n"
        "    db = psycopg2.connect(url)\n"
        "    db.autocommit = True\n"
        "    now = lambda: 'now()'\n"
        "run = db.cursor().execute\n"
        "run('''CREATE TABLE IF NOT EXISTS _prisma_migrations (id VARCHAR(36) PRIMARY KEY\n"
        "  NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMP,\n"
        "  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMP,\n"
        "  started_at TIMESTAMP NOT NULL,\n"
        "  applied_steps_count INTEGER NOT NULL DEFAULT 0)''')\n"
        "for name in sys.argv[1:]:\n"
        "    cursor = db.cursor()\n"
        "    cursor.execute(\"SELECT 1 FROM _prisma_migrations WHERE id = '%s'\" % name)\n"
        "    if cursor.fetchone(): continue\n"
        "    run(\"INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) \"\n"
        "        \"VALUES ('%s', 'x', '%s', %s)\" % (name, name, now()))\n"
        "    for line in open(name + '.sql'): run(line)\n"
        "    run(\"UPDATE _prisma_migrations SET finished_at = %s \"\n"
        "        \"WHERE id = '%s'\" % (now(), name))\n");
    folder_.write("a1.sql", "");
  }
  void add(const Steps& steps) const {
    folder_.write("a2.sql", steps.up + "\n" + steps.then_fails);
  }
  Words start() const { return {kPython, "deploy.py", "a1"}; }
  Words upgrade() const { return {kPython, "deploy.py", "a1", "a2"}; }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
};

// A project in its first version, of a tool and on an engine.
template <class T, class S>
struct Project {
  using Tool = T;
  using Scratch = S;

  Project() {
    const Run started = migrate({}, tool.start());
    INFO(started.err << started.out);
    REQUIRE(started.exit == 0);
    REQUIRE(shop.database.query(Tool::kHistory) == "a1");
  }
  Run migrate(Words options, const Words& command) {
    options.insert(options.begin(), {"migrate", "--json", "--dir", shop.dir()});
    options.emplace_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return run(options, {.env = {{"DATABASE_URL", shop.database.url()}}, .cwd = tool.folder()});
  }

  Tool tool;
  Shop<Scratch> shop;
};

}  // namespace

TEMPLATE_TEST_CASE("a real migration tool under dbkeeper", "", (Project<Alembic, ScratchSqlite>),
                   (Project<Alembic, ScratchPostgres>), (Project<FlaskMigrate, ScratchSqlite>),
                   (Project<FlaskMigrate, ScratchPostgres>), (Project<Django, ScratchSqlite>),
                   (Project<Django, ScratchPostgres>), (Project<Prisma, ScratchSqlite>),
                   (Project<Prisma, ScratchPostgres>)) {
  TestType project;
  auto& shop = project.shop;
  const auto& tool = project.tool;
  SECTION("goes on to the next version, and then finds nothing to do") {
    tool.add({kGood, ""});
    const Run done = project.migrate({}, tool.upgrade());
    INFO(done.err << done.out);
    REQUIRE(done.exit == 0);
    const auto version = report_of(done)["result"]["versions"][0];
    CHECK(version["tool"] == TestType::Tool::kTool);
    CHECK_THAT(version["before"].template get<std::string>(), contains("a1"));
    CHECK_THAT(version["after"].template get<std::string>(), contains("a2"));
    const Words copies = shop.copies();
    const Run again = project.migrate({}, tool.upgrade());
    INFO(again.err);
    CHECK(again.exit == 0);
    CHECK(report_of(again)["result"]["changed"] == false);
    CHECK(shop.copies().size() == copies.size());
  }
  SECTION("fails half way, and is put back") {
    tool.add({kHarm, kFails});
    const Run failed = project.migrate({}, tool.upgrade());
    INFO(failed.err);
    CHECK(failed.exit == 8);
    CHECK_THAT(failed.err, contains("restore --undo"));
    CHECK(shop.undo().exit == 0);
    CHECK(shop.orders() == kOrders);
    CHECK(shop.database.query(TestType::Tool::kHistory) == "a1");
    const Run again = project.migrate({"--auto-restore"}, tool.upgrade());
    INFO(again.err);
    CHECK(again.exit == 1);
    CHECK(shop.orders() == kOrders);
    drop_put_aside(shop.database);
  }
  SECTION("loses data without a word") {
    tool.add({kHarm, ""});
    const Run warned = project.migrate({"--strict"}, tool.upgrade());
    INFO(warned.err);
    CHECK(warned.exit == 6);
    CHECK(report_of(warned)["result"]["losses"][0]["table"] == "orders");
  }
  SECTION("is rehearsed first") {
    tool.add({kHarm, ""});
    const Run stopped = project.migrate({"--strict", "--rehearse"}, tool.upgrade());
    INFO(stopped.err);
    CHECK(stopped.exit == 1);
    CHECK(shop.orders() == kOrders);
    CHECK(shop.database.query(TestType::Tool::kHistory) == "a1");
    const Run done = project.migrate({"--rehearse"}, tool.upgrade());
    INFO(done.err);
    CHECK(done.exit == 0);
    CHECK(shop.orders() == "1|10\n2|20");
  }
}

TEST_CASE("psql with a file is a migration tool as well") {
  Shop<ScratchPostgres> shop;
  const ScratchFolder folder;
  const auto psql = (postgres_programs() / "psql").string();
  const auto command = [&](const std::string& sql) {
    return Words{psql,
                 "-X",
                 "-q",
                 "-v",
                 "ON_ERROR_STOP=1",
                 "-d",
                 shop.database.url(),
                 "-f",
                 folder.write("next.sql", sql).string()};
  };
  CHECK(shop.migrate({}, command(std::string(kHarm) + ";\n" + kFails + ";\n")).exit == 8);
  CHECK(shop.undo().exit == 0);
  CHECK(shop.orders() == kOrders);
  CHECK(shop.migrate({}, command(std::string(kGood) + ";\n")).exit == 0);
  drop_put_aside(shop.database);
}
