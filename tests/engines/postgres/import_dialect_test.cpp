// An import's transaction: its locks, triggers, numbers and writes.
#include "engines/postgres/dialect.h"
#include "engines/postgres/lock.h"

namespace dbkeeper::testing {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string trigger_states(ScratchPostgres& scratch) {
  return scratch.query(
      "SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger ORDER BY "
      "tgrelid::regclass::text,"
      " tgname");
}

constexpr const char* kTriggerFunction =
    "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fired''; "
    "END';";

}  // namespace

TEST_CASE("written tables are locked against writers, looked-up ones against changes") {
  ScratchPostgres scratch(
      "CREATE TABLE w (id int); CREATE TABLE l (id int); CREATE TABLE e (id int); CREATE TABLE p "
      "(id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE "
      "TABLE h (id int); CREATE TABLE heir () INHERITS (h)");
  DialectTrial trial(scratch);
  ImportPlan plan = trial.plan({"w", "p", "h"}, {"l"});
  plan.emptied = {{&trial.table("e")}};
  trial->lock(plan);
  CHECK(scratch.query("SELECT l.relation::regclass, l.mode FROM pg_locks l JOIN pg_class c ON "
                      "c.oid = l.relation WHERE l.database = (SELECT oid FROM pg_database WHERE "
                      "datname = current_database()) AND relkind IN ('r', 'p') AND relnamespace = "
                      "'public'::regnamespace ORDER BY relname") ==
        "e|ExclusiveLock\nh|ShareRowExclusiveLock\nl|ShareLock\np|ShareRowExclusiveLock\np1|"
        "ShareRowExclusiveLock\nw|ShareRowExclusiveLock");
}

TEST_CASE("who holds a lock is named, also one on a partition, and the table") {
  ScratchPostgres scratch(
      "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE p (id int) PARTITION BY LIST "
      "(id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
  for (const auto& [locked, wanted] :
       std::vector<std::pair<std::string, std::string>>{{"b", "b"}, {"p1", "p"}}) {
    DialectTrial trial(scratch);
    const ImportPlan plan = trial.plan({"a", wanted});
    const OtherSession other = hold_lock(scratch, locked, "nightly");
    const Error error = error_of([&] { trial->lock(plan); });
    CHECK(error.kind() == ErrorKind::refused);
    CHECK(error.table() == locked);
    CHECK(contains(error.message(), "table " + locked + " is locked by process"));
    CHECK(contains(error.message(), "nightly"));
  }
}

TEST_CASE("a table that was changed since the plan was made is not written to") {
  for (const char* change :
       {"ALTER TABLE t ADD x int", "ALTER TABLE t ALTER v SET NOT NULL", "DROP TABLE t CASCADE",
        "ALTER TABLE t ALTER v TYPE varchar(2)", "CREATE UNIQUE INDEX ON t (v)",
        "ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES u",
        "ALTER TABLE t ALTER v SET DEFAULT 'x'", "ALTER TYPE mood ADD VALUE 'glad'",
        "ALTER TABLE t RENAME TO s", "CREATE SCHEMA app; ALTER TABLE t SET SCHEMA app"}) {
    INFO(change);
    ScratchPostgres scratch(
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE u (id int PRIMARY KEY);"
        "CREATE TABLE t (id int PRIMARY KEY, v text, m mood)");
    DialectTrial trial(scratch);
    const ImportPlan plan = trial.plan({"t"});
    scratch.exec(change);
    const Error error = error_of([&] { trial->lock(plan); });
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.table() == "t");
    CHECK(contains(error.message(), "was changed meanwhile: try again"));
  }
  ScratchPostgres scratch("CREATE TABLE t (id int PRIMARY KEY, v text)");
  DialectTrial trial(scratch);
  const ImportPlan plan = trial.plan({"t"});
  scratch.exec("INSERT INTO t VALUES (1, 'x'); CREATE INDEX ON t (v); ALTER TABLE t SET LOGGED");
  trial->lock(plan);
}

TEST_CASE("a role that may only read a table can look rows up in it") {
  ScratchPostgres scratch("CREATE TABLE t (id int); CREATE TABLE l (id int)");
  const ScratchRole role(scratch);
  scratch.exec("GRANT SELECT ON l TO " + role.name() + "; ALTER TABLE t OWNER TO " + role.name());
  DialectTrial trial(scratch, role.url());
  const ImportPlan plan = trial.plan({"t"}, {"l"});
  trial->lock(plan);
  trial.begin();
  const ImportPlan denied = trial.plan({"l"});
  const Error error = error_of([&] { trial->lock(denied); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.table() == "l");
}

TEST_CASE("a table is not emptied if another refers to it that the plan doesn't know") {
  ScratchPostgres scratch(
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int, p int REFERENCES p ON DELETE "
      "CASCADE)");
  DialectTrial trial(scratch);
  ImportPlan plan = trial.plan({"p"});
  plan.emptied = {{&trial.table("p")}};
  plan.referrers = {{&trial.table("c"), "c", &key_of(trial.table("c"), "p")}};
  trial->lock(plan);
  trial.begin();
  scratch.exec("CREATE TABLE late (p int REFERENCES p ON DELETE CASCADE)");
  const Error error = error_of([&] { trial->lock(plan); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.table() == "late");
  trial.begin();
  scratch.exec("DROP TABLE late; ALTER TABLE c ADD also int REFERENCES p");
  CHECK(error_of([&] { trial->lock(plan); }).table() == "c");
}

TEST_CASE("tables are emptied at once where that is the same as row by row, else nothing is done") {
  ScratchPostgres scratch(
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p); CREATE TABLE h "
      "(id "
      "int); CREATE TABLE heir () INHERITS (h); INSERT INTO p VALUES (1); INSERT INTO h VALUES (1);"
      "INSERT INTO heir VALUES (2)");
  const ScratchRole role(scratch);
  scratch.exec("GRANT SELECT, INSERT, DELETE ON p, c, h, heir TO " + role.name());
  DialectTrial trial(scratch);
  ImportPlan plan = trial.plan({"p", "c", "h"});
  const auto left = [&](DialectTrial& of) {
    return of.row("SELECT (SELECT count(*) FROM p), (SELECT count(*) FROM h)");
  };
  plan.emptied = {{&trial.table("h")}, {&trial.table("p")}};
  trial->lock(plan);
  CHECK_FALSE(trial->empty_at_once(plan));
  CHECK(left(trial) == "1|2");
  plan.emptied = {{&trial.table("c")}, {&trial.table("p")}, {&trial.table("h")}};
  plan.fire_triggers = true;
  CHECK_FALSE(trial->empty_at_once(plan));
  plan.fire_triggers = false;
  {
    DialectTrial other(scratch, role.url());
    CHECK_FALSE(other->empty_at_once(plan));
    CHECK(left(other) == "1|2");
  }
  CHECK(trial->empty_at_once(plan));
  CHECK(left(trial) == "0|1");
}

TEST_CASE("triggers are off by name, and every one has its own state again") {
  ScratchPostgres scratch(
      std::string(kTriggerFunction) +
      "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (id int REFERENCES u);"
      "CREATE TRIGGER on_t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE TRIGGER always_t BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION stop();"
      "CREATE TRIGGER off_t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE TRIGGER replica_t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE CONSTRAINT TRIGGER late_t AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH "
      "ROW EXECUTE FUNCTION stop();"
      "ALTER TABLE t ENABLE ALWAYS TRIGGER always_t; ALTER TABLE t DISABLE TRIGGER off_t;"
      "ALTER TABLE t ENABLE REPLICA TRIGGER replica_t;"
      "CREATE TRIGGER looked_up BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE TABLE p (id int REFERENCES u) PARTITION BY LIST (id);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (id);"
      "CREATE TABLE p11 PARTITION OF p1 FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p DEFAULT;"
      "CREATE TRIGGER each BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE TRIGGER once BEFORE INSERT ON p FOR EACH STATEMENT EXECUTE FUNCTION stop();"
      "CREATE TRIGGER own BEFORE INSERT ON p11 FOR EACH ROW EXECUTE FUNCTION stop();"
      "ALTER TABLE ONLY p1 ENABLE ALWAYS TRIGGER each; ALTER TABLE ONLY p11 DISABLE TRIGGER each;"
      "ALTER TABLE ONLY p2 ENABLE REPLICA TRIGGER each; ALTER TABLE ONLY p ENABLE ALWAYS TRIGGER "
      "once; INSERT INTO u SELECT g FROM generate_series(1, 5) g WHERE false;"
      "ALTER TABLE u DISABLE TRIGGER looked_up; INSERT INTO u VALUES (1), (2);"
      "ALTER TABLE u ENABLE TRIGGER looked_up");
  const std::string before = trigger_states(scratch);
  DialectTrial trial(scratch);
  const ImportPlan plan = trial.plan({"t", "p"}, {"u"});
  trial->lock(plan);
  CHECK(trial->switch_triggers_off(plan) == std::vector<std::string>{"p.each", "p.once", "p11.own",
                                                                     "t.always_t", "t.late_t",
                                                                     "t.on_t"});
  CHECK(trial.row("SELECT string_agg(tgrelid::regclass || '.' || tgname, ' ' ORDER BY 1) FROM "
                  "pg_trigger WHERE tgname IN ('on_t', 'always_t', 'late_t', 'each', 'once', 'own')"
                  " AND tgenabled IN ('O', 'A')") == "<>");
  CHECK(trial.row("SELECT tgenabled FROM pg_trigger WHERE tgname = 'looked_up'") == "O");
  const Table &t = trial.table("t"), &p = trial.table("p");
  CHECK(trial->write({{&t, "INSERT INTO t VALUES (1)"}, {&p, "INSERT INTO p VALUES (1), (2)"}}) ==
        std::vector<std::int64_t>{1, 2});
  trial->switch_triggers_on();
  trial->commit();
  CHECK(trigger_states(scratch) == before);
  CHECK(scratch.query("SELECT count(*) FROM t") == "1");
}

TEST_CASE("triggers stay on if they are to fire, and after a rollback") {
  ScratchPostgres scratch(
      std::string(kTriggerFunction) +
      "CREATE TABLE t (id int); CREATE TRIGGER stops BEFORE INSERT ON t FOR EACH "
      "ROW EXECUTE FUNCTION stop()");
  const std::string before = trigger_states(scratch);
  DialectTrial trial(scratch);
  ImportPlan plan = trial.plan({"t"});
  trial->lock(plan);
  CHECK(trial->switch_triggers_off(plan).size() == 1);
  trial.begin();
  CHECK(trigger_states(scratch) == before);
  plan.fire_triggers = true;
  trial->lock(plan);
  CHECK(trial->switch_triggers_off(plan).empty());
  const Error error = error_of([&] {
    trial->write({{&trial.table("t"), "INSERT INTO t VALUES (1)"}});
  });
  CHECK(contains(error.message(), "fired"));
}

TEST_CASE("only the owner can switch triggers off: who may not hears of it before any write") {
  ScratchPostgres scratch(
      std::string(kTriggerFunction) +
      "CREATE TABLE t (id int); CREATE TABLE s (id int); CREATE TABLE q (id int);"
      "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE TRIGGER b BEFORE INSERT ON s FOR EACH ROW EXECUTE FUNCTION stop();"
      "CREATE TRIGGER c BEFORE INSERT ON q FOR EACH ROW EXECUTE FUNCTION stop();"
      "ALTER TABLE q DISABLE TRIGGER c");
  const ScratchRole role(scratch);
  scratch.exec("GRANT ALL ON t, s, q TO " + role.name());
  DialectTrial trial(scratch, role.url());
  ImportPlan plan = trial.plan({"t", "s", "q"});
  trial->lock(plan);
  const Error error = error_of([&] { trial->switch_triggers_off(plan); });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(contains(error.message(), "2 tables have triggers"));
  CHECK(contains(error.message(), "s, t"));
  CHECK(contains(error.hint(), "--fire-triggers"));
  plan.fire_triggers = true;
  CHECK(trial->switch_triggers_off(plan).empty());
}

TEST_CASE("statements of a group see nothing of each other, and foreign keys wait for the last") {
  ScratchPostgres scratch(
      "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a "
      "int NOT NULL REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b");
  DialectTrial trial(scratch);
  const Table &a = trial.table("a"), &b = trial.table("b");
  CHECK(trial->write({{&a, "INSERT INTO a SELECT g, g FROM generate_series(1, 3) g"},
                      {&b, "INSERT INTO b SELECT g, g FROM generate_series(1, 3) g"},
                      {&a, "UPDATE a SET b = b"}}) == std::vector<std::int64_t>{3, 3, 0});
  CHECK(trial->write({{&a, "UPDATE a SET b = 4 - b"}}) == std::vector<std::int64_t>{3});
  CHECK(trial->write({{&b, "DELETE FROM b"}, {&a, "DELETE FROM a"}}) ==
        std::vector<std::int64_t>{3, 3});
  CHECK(trial->write({}).empty());
  const Error broken = error_of([&] { trial->write({{&a, "INSERT INTO a VALUES (1, 9)"}}); });
  CHECK(broken.kind() == ErrorKind::conflict);
  CHECK(broken.table() == "a");
  CHECK(contains(broken.message(), "a_b_fkey"));
}

TEST_CASE("a broken rule names table, column and constraint") {
  ScratchPostgres scratch(
      "CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
      "CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL CHECK (v <> ''), p positive)");
  DialectTrial trial(scratch);
  const auto refused = [&](const std::string& sql) {
    trial.begin();
    return error_of([&] { trial->write({{&trial.table("t"), sql}}); });
  };
  const Error taken = refused("INSERT INTO t VALUES (1, 'x'), (1, 'y')");
  CHECK(taken.kind() == ErrorKind::conflict);
  CHECK(taken.table() == "t");
  CHECK(contains(taken.message(), "t_pkey"));
  CHECK(contains(taken.message(), "(id)=(1)"));
  const Error null = refused("INSERT INTO t VALUES (1, NULL)");
  CHECK(null.column() == "v");
  CHECK(contains(refused("INSERT INTO t VALUES (1, '')").message(), "t_v_check"));
  const Error domain = refused("INSERT INTO t VALUES (1, 'x', -1)");
  CHECK(domain.kind() == ErrorKind::conflict);
  CHECK(domain.table() == "t");
  CHECK(contains(domain.message(), "positive_check"));
}

TEST_CASE("who has locked a row that is to be written is named") {
  ScratchPostgres scratch("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
  DialectTrial trial(scratch);
  OtherSession other(PQconnectdb((scratch.url() + "?application_name=editor").c_str()), PQfinish);
  PQclear(PQexec(other.get(), "BEGIN; SELECT FROM t FOR UPDATE"));
  REQUIRE(PQtransactionStatus(other.get()) == PQTRANS_INTRANS);
  const Error error = error_of([&] { trial->write({{&trial.table("t"), "UPDATE t SET id = 2"}}); });
  CHECK(error.kind() == ErrorKind::refused);
  CHECK(contains(error.message(), "table t is locked by process"));
  CHECK(contains(error.message(), "editor"));
}

TEST_CASE("values for a numbered column are taken, always or by default, without columns too") {
  ScratchPostgres scratch(
      "CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY, v text); CREATE TABLE d (id int "
      "GENERATED BY DEFAULT AS IDENTITY); CREATE TABLE none (); CREATE TABLE g (a int DEFAULT 7, b "
      "int GENERATED ALWAYS AS (a + 1) STORED)");
  DialectTrial trial(scratch);
  const auto insert = [&](const std::string& table, const std::vector<std::string>& columns,
                          const std::string& select) {
    const Table& t = trial.table(table);
    return trial->write({{&t, trial->insert_into(t, columns) + " " + select}}).front();
  };
  CHECK(insert("a", {"id", "v"}, "SELECT 5, 'x'") == 1);
  CHECK(insert("a", {"v"}, "SELECT 'y'") == 1);
  CHECK(insert("d", {"id"}, "SELECT 5") == 1);
  CHECK(insert("none", {}, "SELECT FROM generate_series(1, 3)") == 3);
  CHECK(insert("g", {}, "SELECT FROM generate_series(1, 2)") == 2);
  CHECK(trial.rows("SELECT id, v FROM a ORDER BY id") == "1|y\n5|x");
  CHECK(trial.rows("SELECT a, b FROM g") == "7|8\n7|8");
}

TEST_CASE("a result is a stream, and NULL is not an empty text") {
  ScratchPostgres scratch;
  DialectTrial trial(scratch);
  std::int64_t sum = 0;
  trial->query("SELECT g, repeat('x', 1000) FROM generate_series(1, 20000) g",
               [&](const staging::Texts& row) { sum += std::stoll(*row[0]); });
  CHECK(sum == 200010000);
  CHECK(trial.row("SELECT NULL, ''") == "<>|");
  CHECK(trial->run("CREATE TABLE " + trial->temp("odd \" name") + " AS SELECT 1 AS " +
                   trial->quoted("a\"b") + ", " + trial->literal("it's \\ so") + " AS b") >= 0);
  CHECK(trial.row("SELECT * FROM " + trial->temp("odd \" name")) == "1|it's \\ so");
  CHECK(trial->run("UPDATE " + trial->temp("odd \" name") + " SET b = 'x'") == 1);
  CHECK_THROWS_AS(trial->query("SELECT g FROM generate_series(1, 100000000) g",
                               [](const staging::Texts&) -> void { throw std::bad_alloc(); }),
                  std::bad_alloc);
  trial.begin();
  const Error error = error_of([&] { trial->query("SELECT 1/0", [](const staging::Texts&) {}); });
  CHECK(error.kind() == ErrorKind::conflict);
}

TEST_CASE("functions of keys and triggers find what they mean without a schema") {
  ScratchPostgres scratch(
      "CREATE SCHEMA app; CREATE TABLE app.words (w text); INSERT INTO app.words VALUES ('x');"
      "CREATE FUNCTION app.known(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS "
      "(SELECT FROM words WHERE w = $1); END'");
  DialectTrial trial(scratch, scratch.url() + "?schema=app");
  CHECK(trial.row("SELECT app.known('x')") == "t");
  const ImportPlan plan;
  trial->lock(plan);
  CHECK(trial.row("SELECT known('x')") == "t");
}

TEST_CASE("a failed import can't be committed") {
  ScratchPostgres scratch("CREATE TABLE t (id int)");
  DialectTrial trial(scratch);
  trial->run("INSERT INTO t VALUES (1)");
  CHECK_THROWS_AS(trial->run("SELECT 1/0"), Error);
  CHECK_THROWS_AS(trial->commit(), Error);
  trial.end();
  CHECK(scratch.query("SELECT count(*) FROM t") == "0");
}

}  // namespace dbkeeper::testing
