// Foreign keys and plain indexes are back after an import as they were, or were never off.
#include <algorithm>
#include <sstream>

#include "engines/import_trial.h"
#include "engines/postgres/dialect.h"
#include "engines/postgres/lock.h"
#include "support/run.h"

namespace dbkeeper::testing {
namespace {

using Names = std::vector<std::string>;

// The schema as pg_dump writes it, without what it makes up for each run.
std::string dumped(const ScratchPostgres& scratch) {
  const Run dump = run({"-s", "-d", scratch.url()}, {.binary = postgres_programs() / "pg_dump"});
  INFO(dump.err);
  REQUIRE(dump.exit == 0);
  std::string out;
  std::istringstream lines(dump.out);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("\\restrict") && !line.starts_with("\\unrestrict")) out += line + '\n';
  return out;
}

// What a dump doesn't tell of keys and indexes, or tells in another place.
std::string catalogued(ScratchPostgres& scratch) {
  return scratch.query(
             "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, "
             "condeferrable, condeferred, obj_description(oid, 'pg_constraint'), "
             "conindid::regclass FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2") +
         '\n' +
         scratch.query(
             "SELECT pg_get_indexdef(indexrelid), indisvalid, indisready, indislive, "
             "indisclustered, indisreplident, obj_description(indexrelid, 'pg_class'), relowner, "
             "reloptions, reltablespace FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE "
             "relnamespace <> 'pg_toast'::regnamespace AND c.oid > 16000 ORDER BY 1") +
         '\n' +
         scratch.query(
             "SELECT tgrelid::regclass, c.conname, tgfoid::regproc, tgenabled, tgdeferrable, "
             "tginitdeferred FROM pg_trigger t JOIN pg_constraint c ON c.oid = tgconstraint "
             "ORDER BY 1, 2, 3");
}

std::vector<const Table*> all_tables(const DialectTrial& trial) {
  std::vector<const Table*> out;
  for (const Table& table : trial.schema().tables) out.push_back(&table);
  return out;
}

// That all of a database's keys and plain indexes go off and come back just as they were.
void check_off_and_on(const std::string& sql, Names names) {
  ScratchPostgres scratch(sql);
  const std::string dump = dumped(scratch), catalog = catalogued(scratch);
  DialectTrial trial(scratch);
  ImportPlan plan;
  for (const Table& table : trial.schema().tables)
    plan.tables.push_back({&table, table.name.name, true});
  trial->lock(plan);
  for (const Table* table : all_tables(trial)) CHECK(trial->can_take_off_keys(*table));
  Names off = trial->take_off(all_tables(trial));
  std::sort(off.begin(), off.end());
  std::sort(names.begin(), names.end());
  CHECK(off == names);
  CHECK(trial.row("SELECT (SELECT count(*) FROM pg_constraint WHERE contype = 'f'), (SELECT "
                  "count(*) FROM pg_index WHERE indexrelid > 16000 AND NOT indisunique)") == "0|0");
  REQUIRE_FALSE(trial->put_back().has_value());
  trial->commit();
  trial.end();
  CHECK(dumped(scratch) == dump);
  CHECK(catalogued(scratch) == catalog);
}

// Parents and children, a key k and an index i of the children, and what a case adds to them.
constexpr const char* kFamily =
    "CREATE TABLE p (id int PRIMARY KEY);"
    "CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT k REFERENCES p, v text);"
    "CREATE INDEX i ON c (v);";

const ImportFile kFile = file_of({{"p", {{1}, {2}}}, {"c", {{1, 2, "a"}, {2, nullptr, "b"}}}});
const ImportFile kOrphan = file_of({{"p", {{1}}}, {"c", {{1, 2, "a"}}}});

struct QuickImport {
  ImportOutcome outcome;
  Names taken_off;
};

// A quick import of the file's tables, as whoever the URL names.
QuickImport import_as(const std::string& url, const ImportFile& file,
                      const ImportChoice& of = with(Identity::other_source)) {
  ImportChoice choice = of;
  choice.quickly = true;
  const auto database = open(url, Access::write);
  Schema schema = database->snapshot()->schema();
  std::erase_if(schema.tables, [&](const Table& table) {
    return !file.data.contains(table.name.name) || table.kind == TableKind::partition;
  });
  for (Table& table : schema.tables)
    std::erase_if(table.foreign_keys,
                  [&](const ForeignKey& key) { return !file.data.contains(key.references.name); });
  const ImportPlan plan = plan_for(schema, choice);
  const auto import = database->begin_import();
  QuickImport out;
  out.outcome = run_import(*import, schema, file, plan);
  out.taken_off = import->taken_off();
  std::sort(out.taken_off.begin(), out.taken_off.end());
  return out;
}

std::string children(ScratchPostgres& scratch) {
  return scratch.query("SELECT id, p, v FROM c ORDER BY id");
}

// An import into a family to which something was done: these alone are off meanwhile, all of it is
// afterwards as before, and an orphan doesn't come in.
void check_stays(ScratchPostgres& scratch, const std::string& url, const Names& taken_off) {
  const std::string dump = dumped(scratch), catalog = catalogued(scratch);
  const QuickImport orphan = import_as(url, kOrphan);
  REQUIRE(orphan.outcome.error);
  INFO(orphan.outcome.error->message());
  CHECK(orphan.outcome.error->kind() == ErrorKind::conflict);
  CHECK(orphan.outcome.error->table() == "c");
  CHECK(scratch.query("SELECT count(*) FROM p") == "0");
  CHECK(dumped(scratch) == dump);
  const QuickImport done = import_as(url, kFile);
  if (done.outcome.error) FAIL(done.outcome.error->message());
  CHECK(done.taken_off == taken_off);
  CHECK(children(scratch) == "1|2|a\n2||b");
  CHECK(dumped(scratch) == dump);
  CHECK(catalogued(scratch) == catalog);
}

void check_stays(const std::string& sql, const Names& taken_off) {
  INFO(sql);
  ScratchPostgres scratch(kFamily + sql);
  check_stays(scratch, scratch.url(), taken_off);
}

}  // namespace

TEST_CASE("foreign keys of every kind are back as they were after they were off") {
  check_off_and_on(
      "CREATE SCHEMA app; CREATE SCHEMA \"Own Schema\";"
      "CREATE TABLE p (id int PRIMARY KEY, a int, b text, UNIQUE (a, b));"
      "CREATE TABLE \"Own Schema\".\"Odd \"\"Name\" (\"Id x\" int PRIMARY KEY, \"order\" text "
      "UNIQUE);"
      "CREATE TABLE c (id int PRIMARY KEY,"
      " p1 int CONSTRAINT c1 REFERENCES p ON DELETE CASCADE ON UPDATE RESTRICT,"
      " p2 int CONSTRAINT c2 REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE,"
      " p3 int DEFAULT 1 CONSTRAINT c3 REFERENCES p ON DELETE SET DEFAULT,"
      " p4 int CONSTRAINT c4 REFERENCES p DEFERRABLE,"
      " p5 int CONSTRAINT c5 REFERENCES p DEFERRABLE INITIALLY DEFERRED,"
      " a int, b text, CONSTRAINT c6 FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL,"
      " CONSTRAINT c7 FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL (b),"
      " self int CONSTRAINT c8 REFERENCES c,"
      " \"User\" int CONSTRAINT \"It's a \"\"key\"\"\" REFERENCES \"Own Schema\".\"Odd \"\"Name\","
      " \"select\" text REFERENCES \"Own Schema\".\"Odd \"\"Name\" (\"order\"));"
      "CREATE TABLE app.far (c int CONSTRAINT same_name REFERENCES public.c,"
      " \"Ä\" int CONSTRAINT c1 REFERENCES public.p);"
      "CREATE TABLE app.one (id int PRIMARY KEY, other int);"
      "CREATE TABLE app.two (id int PRIMARY KEY, other int CONSTRAINT back REFERENCES app.one);"
      "ALTER TABLE app.one ADD CONSTRAINT forth FOREIGN KEY (other) REFERENCES app.two;"
      "CREATE TABLE heir () INHERITS (c);"
      "ALTER TABLE heir ADD CONSTRAINT of_heir FOREIGN KEY (p1) REFERENCES p;"
      "COMMENT ON CONSTRAINT c1 ON c IS 'it''s said \\ \"so\"';"
      "COMMENT ON CONSTRAINT c1 ON app.far IS E'two\\nlines';"
      "COMMENT ON CONSTRAINT \"It's a \"\"key\"\"\" ON c IS 'odd';",
      {"c.c1", "c.c2", "c.c3", "c.c4", "c.c5", "c.c6", "c.c7", "c.c8", "c.It's a \"key\"",
       "c.c_select_fkey", "app.far.same_name", "app.far.c1", "app.one.forth", "app.two.back",
       "heir.of_heir"});
}

TEST_CASE("indexes of every kind are back as they were after they were off") {
  check_off_and_on(
      "CREATE SCHEMA app;"
      "CREATE COLLATION app.german (provider = icu, locale = 'de-u-co-phonebk');"
      "CREATE FUNCTION app.half(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';"
      "CREATE OPERATOR CLASS app.backwards FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 "
      ">=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int);"
      "CREATE TYPE app.mood AS ENUM ('sad', 'glad');"
      "CREATE TABLE t (id int PRIMARY KEY, a int, b text, m app.mood, j jsonb, r int4range, "
      "v tsvector, at timestamptz);"
      "CREATE TABLE app.\"Odd Name\" (\"Order\" int, \"a b\" text);"
      "CREATE INDEX i01 ON t (lower(b), (a + 1));"
      "CREATE INDEX i02 ON t (a) WHERE m = 'sad' AND b IS NOT NULL;"
      "CREATE INDEX i03 ON t (a DESC NULLS LAST, b ASC NULLS FIRST, id DESC);"
      "CREATE INDEX i04 ON t (b text_pattern_ops);"
      "CREATE INDEX i05 ON t (b COLLATE \"C\" DESC);"
      "CREATE INDEX i06 ON t (b COLLATE app.german);"
      "CREATE INDEX i07 ON t (a) INCLUDE (b, m);"
      "CREATE INDEX i08 ON t USING gin (j jsonb_path_ops) WITH (fastupdate = off);"
      "CREATE INDEX i09 ON t USING brin (at timestamptz_minmax_multi_ops) WITH (pages_per_range = "
      "7, autosummarize = on);"
      "CREATE INDEX i10 ON t USING gist (v tsvector_ops (siglen = 100));"
      "CREATE INDEX i11 ON t USING hash (b) WITH (fillfactor = 60);"
      "CREATE INDEX i12 ON t (a) WITH (fillfactor = 55, deduplicate_items = off);"
      "CREATE INDEX i13 ON t (app.half(a)) WHERE app.half(a) > 3;"
      "CREATE INDEX i14 ON t (a app.backwards);"
      "CREATE INDEX i15 ON t USING spgist (r);"
      "CREATE INDEX \"It's an \"\"index\"\"\" ON app.\"Odd Name\" (\"Order\", lower(\"a b\")) "
      "WHERE "
      "\"a b\" <> 'it''s';"
      "CREATE INDEX i01 ON app.\"Odd Name\" (\"Order\");"
      "CREATE TABLE heir () INHERITS (t); CREATE INDEX of_heir ON heir (a);"
      "COMMENT ON INDEX i01 IS 'it''s said \\ \"so\"';"
      "COMMENT ON INDEX app.i01 IS E'two\\nlines';"
      "COMMENT ON INDEX app.\"It's an \"\"index\"\"\" IS 'odd';",
      {"t.i01", "t.i02", "t.i03", "t.i04", "t.i05", "t.i06", "t.i07", "t.i08", "t.i09", "t.i10",
       "t.i11", "t.i12", "t.i13", "t.i14", "t.i15", "app.Odd Name.It's an \"index\"",
       "app.Odd Name.i01", "heir.of_heir"});
}

TEST_CASE("a plain key and a plain index are off during an import into empty tables") {
  check_stays("", {"c.i", "c.k"});
}

TEST_CASE("unique keys, exclusion constraints and what marks the replica identity stay on") {
  check_stays(
      "CREATE UNIQUE INDEX u ON c (v) WHERE p IS NOT NULL; CREATE UNIQUE INDEX r ON c (id);"
      "ALTER TABLE c REPLICA IDENTITY USING INDEX r;"
      "ALTER TABLE c ADD CONSTRAINT x EXCLUDE USING btree (id WITH =)",
      {"c.i", "c.k"});
}

TEST_CASE("a key that is NOT VALID stays on, and holds for the rows that come in") {
  check_stays("ALTER TABLE c ADD CONSTRAINT n FOREIGN KEY (p) REFERENCES p NOT VALID",
              {"c.i", "c.k"});
  check_stays(
      "ALTER TABLE c DROP CONSTRAINT k, ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p NOT VALID",
      {"c.i"});
}

TEST_CASE("a key whose checks somebody has switched off stays as it is") {
  for (const char* table : {"c", "p"}) {
    ScratchPostgres scratch(kFamily + ("ALTER TABLE " + std::string(table)) +
                            " DISABLE TRIGGER ALL");
    const std::string dump = dumped(scratch), catalog = catalogued(scratch);
    const QuickImport done = import_as(scratch.url(), kFile);
    if (done.outcome.error) FAIL(done.outcome.error->message());
    CHECK(done.taken_off == Names{"c.i"});
    CHECK(children(scratch) == "1|2|a\n2||b");
    CHECK(dumped(scratch) == dump);
    CHECK(catalogued(scratch) == catalog);
  }
}

TEST_CASE("an index with a statistics target, or by which the table is clustered, stays on") {
  check_stays("CREATE INDEX e ON c (lower(v)); ALTER INDEX e ALTER COLUMN 1 SET STATISTICS 500",
              {"c.i", "c.k"});
  check_stays("CREATE INDEX e ON c (p); ALTER TABLE c CLUSTER ON e", {"c.i", "c.k"});
}

TEST_CASE("an index that an extension takes along stays on, and so does an invalid one") {
  check_stays("CREATE INDEX e ON c (p); ALTER INDEX e DEPENDS ON EXTENSION plpgsql",
              {"c.i", "c.k"});
  check_stays(
      "CREATE INDEX e ON c (p); UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
      "'e'::regclass",
      {"c.i", "c.k"});
}

TEST_CASE("an index of another tablespace stays on") {
  ScratchPostgres scratch(kFamily);
  const std::string space = "space_of_" + scratch.name();
  scratch.exec("ALTER DATABASE " + scratch.name() + " SET allow_in_place_tablespaces = on");
  scratch.exec("CREATE TABLESPACE " + space + " LOCATION ''");
  scratch.exec("CREATE INDEX e ON c (p) TABLESPACE " + space);
  check_stays(scratch, scratch.url(), {"c.i", "c.k"});
  scratch.exec("DROP INDEX e");
  // Where new indexes go by default says nothing about those that were there.
  scratch.exec("ALTER DATABASE " + scratch.name() + " SET default_tablespace = " + space);
  scratch.exec("TRUNCATE c, p");
  check_stays(scratch, scratch.url(), {"c.i", "c.k"});
  scratch.exec("ALTER DATABASE " + scratch.name() + " RESET default_tablespace");
  scratch.exec("DROP TABLESPACE " + space);
}

TEST_CASE("nothing is off where an event trigger would hear of it, unless that is disabled") {
  const std::string trigger =
      "CREATE FUNCTION hear() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
      "''heard %'', tg_tag; END';"
      "CREATE EVENT TRIGGER hear ON ddl_command_start WHEN TAG IN ('ALTER TABLE', 'DROP INDEX', "
      "'CREATE INDEX') EXECUTE FUNCTION hear();";
  check_stays(trigger, {});
  check_stays(trigger + "ALTER EVENT TRIGGER hear DISABLE", {"c.i", "c.k"});
}

TEST_CASE("keys from and to partitioned tables stay on") {
  const ImportFile file =
      file_of({{"pp", {{1}, {2}}}, {"cc", {{1, 1}, {2, 1}}}, {"s", {{1, 2}, {2, nullptr}}}});
  ScratchPostgres scratch(
      "CREATE TABLE pp (id int PRIMARY KEY) PARTITION BY LIST (id);"
      "CREATE TABLE pp1 PARTITION OF pp FOR VALUES IN (1); CREATE TABLE pp2 PARTITION OF pp "
      "DEFAULT;"
      "CREATE TABLE cc (id int REFERENCES pp, s int) PARTITION BY LIST (id);"
      "CREATE TABLE cc1 PARTITION OF cc FOR VALUES IN (1); CREATE TABLE cc2 PARTITION OF cc "
      "DEFAULT; CREATE INDEX ON cc (id); CREATE INDEX own ON cc1 (id);"
      "CREATE TABLE s (id int PRIMARY KEY, p int REFERENCES pp); CREATE INDEX i ON s (p);"
      "ALTER TABLE cc ADD FOREIGN KEY (s) REFERENCES s");
  const std::string dump = dumped(scratch), catalog = catalogued(scratch);
  const QuickImport done = import_as(scratch.url(), file);
  if (done.outcome.error) FAIL(done.outcome.error->message());
  CHECK(done.taken_off == Names{"s.i"});
  CHECK(scratch.query("SELECT * FROM cc ORDER BY id") == "1|1\n2|1");
  CHECK(scratch.query("SELECT * FROM s ORDER BY id") == "1|2\n2|");
  CHECK(dumped(scratch) == dump);
  CHECK(catalogued(scratch) == catalog);
  const QuickImport orphan = import_as(scratch.url(), file_of({{"pp", {}}, {"s", {{3, 7}}}}));
  REQUIRE(orphan.outcome.error);
  CHECK(orphan.outcome.error->table() == "s");
}

TEST_CASE("tables of another owner keep all they have") {
  ScratchPostgres scratch(kFamily);
  const ScratchRole role(scratch);
  scratch.exec("GRANT ALL ON p, c TO " + role.name());
  check_stays(scratch, role.url(), {});
}

TEST_CASE("what a role may not make again it doesn't take off") {
  ScratchPostgres scratch(kFamily);
  const ScratchRole role(scratch);
  scratch.exec("ALTER TABLE c OWNER TO " + role.name());
  SECTION("a key whose parents it may not refer to") {
    scratch.exec("GRANT SELECT, INSERT, UPDATE, DELETE ON p TO " + role.name() +
                 "; GRANT CREATE ON SCHEMA public TO " + role.name());
    check_stays(scratch, role.url(), {"c.i"});
  }
  SECTION("an index of a schema where it may create nothing") {
    scratch.exec("ALTER TABLE p OWNER TO " + role.name() +
                 "; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    check_stays(scratch, role.url(), {"c.k"});
  }
  SECTION("both, and neither") {
    scratch.exec("GRANT ALL ON p TO " + role.name());
    check_stays(scratch, role.url(), {"c.k"});
  }
}

TEST_CASE("a member of the role that owns a table takes off and puts back for the owner") {
  ScratchPostgres scratch(kFamily);
  const ScratchRole role(scratch);
  const std::string owners = "owners_" + scratch.name();
  scratch.exec("CREATE ROLE " + owners + "; ALTER TABLE p OWNER TO " + owners +
               "; ALTER TABLE c OWNER TO " + owners + "; GRANT " + owners + " TO " + role.name() +
               "; GRANT CREATE ON SCHEMA public TO " + owners);
  check_stays(scratch, role.url(), {"c.i", "c.k"});
  scratch.exec("DROP OWNED BY " + owners + "; DROP ROLE " + owners);
}

TEST_CASE("a key that rows contradict is not put back, and then only queries follow") {
  ScratchPostgres scratch(kFamily);
  const std::string dump = dumped(scratch);
  {
    DialectTrial trial(scratch);
    const ImportPlan plan = trial.plan({"p", "c"});
    trial->lock(plan);
    CHECK(trial->take_off({&trial.table("c")}) == Names{"c.k", "c.i"});
    trial->run("INSERT INTO c VALUES (1, 7, 'x')");
    CHECK(trial->put_back().has_value());
    CHECK(trial.row("SELECT p FROM c") == "7");
    CHECK(trial.row("SELECT count(*) FROM pg_constraint WHERE conname = 'k'") == "0");
  }
  CHECK(dumped(scratch) == dump);
  CHECK(scratch.query("SELECT count(*) FROM c") == "0");
}

TEST_CASE("deferred checks that are pending are made before anything is put back") {
  ScratchPostgres scratch(
      kFamily + std::string("ALTER TABLE c ADD CONSTRAINT late FOREIGN KEY (p) REFERENCES p "
                            "DEFERRABLE INITIALLY DEFERRED NOT VALID"));
  DialectTrial trial(scratch);
  const ImportPlan plan = trial.plan({"p", "c"});
  const auto put = [&](const std::string& child) {
    trial.begin();
    trial->lock(plan);
    CHECK_FALSE(trial->can_take_off_keys(trial.table("c")));
    CHECK(trial->take_off({&trial.table("c")}) == Names{"c.k", "c.i"});
    trial->run("SET CONSTRAINTS ALL DEFERRED");
    trial->run("INSERT INTO p VALUES (1)");
    trial->run("INSERT INTO c VALUES (1, " + child + ", 'x')");
    return !trial->put_back().has_value();
  };
  CHECK_FALSE(put("7"));
  CHECK(put("1"));
  trial->commit();
  trial.end();
  CHECK(children(scratch) == "1|1|x");
}

TEST_CASE("tables with deferred keys are emptied and filled even where they can't be truncated") {
  ScratchPostgres scratch(
      "CREATE TABLE p (id int PRIMARY KEY);"
      "CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT k REFERENCES p DEFERRABLE INITIALLY "
      "DEFERRED, v text); CREATE INDEX i ON c (v);"
      "INSERT INTO p VALUES (1), (5); INSERT INTO c VALUES (1, 5, 'old'), (9, 1, 'old')");
  const ScratchRole role(scratch);
  scratch.exec("ALTER TABLE p OWNER TO " + role.name() + "; ALTER TABLE c OWNER TO " + role.name() +
               "; GRANT CREATE ON SCHEMA public TO " + role.name() +
               "; REVOKE TRUNCATE ON p, c FROM " + role.name());
  const std::string dump = dumped(scratch);
  const QuickImport done =
      import_as(role.url(), kFile, with(Identity::other_source, ImportMode::clean));
  if (done.outcome.error) FAIL(done.outcome.error->message());
  CHECK(done.taken_off == Names{"c.i", "c.k"});
  CHECK(children(scratch) == "1|2|a\n2||b");
  CHECK(dumped(scratch) == dump);
}

TEST_CASE("an index never comes back as one of another function of the same name") {
  ScratchPostgres scratch(kFamily + std::string("CREATE INDEX e ON c (lower(v));"
                                                "CREATE FUNCTION public.lower(text) RETURNS text "
                                                "LANGUAGE sql IMMUTABLE AS 'SELECT ''x''';"));
  scratch.exec("ALTER DATABASE " + scratch.name() + " SET search_path = public, pg_catalog");
  const auto defined = [&] {
    return scratch.query("SET search_path = ''; SELECT pg_get_indexdef('public.e'::regclass)");
  };
  const std::string before = defined();
  const QuickImport done = import_as(scratch.url(), kFile);
  CHECK(defined() == before);
  if (done.outcome.error) FAIL(done.outcome.error->message());
  CHECK(children(scratch) == "1|2|a\n2||b");
}

TEST_CASE("who reads a table whose keys are to go off is waited for, and then named") {
  ScratchPostgres scratch(kFamily);
  DialectTrial trial(scratch);
  const ImportPlan plan = trial.plan({"p", "c"});
  trial->lock(plan);
  const OtherSession reader(PQconnectdb((scratch.url() + "?application_name=nightly").c_str()),
                            PQfinish);
  std::string read = "c";
  SECTION("the table itself") {}
  SECTION("one that they refer to") { read = "p"; }
  PQclear(PQexec(reader.get(), ("BEGIN; SELECT * FROM " + read).c_str()));
  const Error error = error_of([&] { trial->take_off({&trial.table("c")}); });
  INFO(error.message());
  CHECK(error.kind() == ErrorKind::refused);
  CHECK_THAT(error.message(),
             contains("table " + read + " is locked by process") && contains("nightly"));
}

TEST_CASE("what was done to a key after the first look counts") {
  ScratchPostgres scratch(kFamily);
  const auto database = open(scratch.url(), Access::write);
  const Schema schema = database->snapshot()->schema();
  ImportChoice choice = with(Identity::other_source);
  choice.quickly = true;
  const ImportPlan plan = plan_for(schema, choice);
  const auto import = database->begin_import();
  REQUIRE(import->may_take_straight(plan));
  scratch.exec("ALTER TABLE c DISABLE TRIGGER ALL");
  CHECK_FALSE(import->expect(plan));
}

TEST_CASE("a half NULL reference that MATCH FULL forbids is told with its table") {
  const std::string sql =
      "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));"
      "CREATE TABLE c (id int PRIMARY KEY, a int, b int, CONSTRAINT k FOREIGN KEY (a, b) "
      "REFERENCES "
      "p MATCH FULL)";
  ScratchPostgres scratch(sql);
  const ImportFile file = file_of({{"p", {{1, 1}}}, {"c", {{1, 1, 1}, {2, 1, nullptr}}}});
  const QuickImport done = import_as(scratch.url(), file);
  REQUIRE(done.outcome.error);
  INFO(done.outcome.error->message());
  CHECK(done.outcome.error->kind() == ErrorKind::conflict);
  CHECK(done.outcome.error->table() == "c");
  CHECK(scratch.query("SELECT count(*) FROM p") == "0");
}

TEST_CASE("sequences that count down, or end below the numbers of the rows, go on as they should") {
  ScratchPostgres scratch(
      "CREATE TABLE down (id int GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1) PRIMARY KEY);"
      "CREATE TABLE capped (id int GENERATED BY DEFAULT AS IDENTITY (MAXVALUE 100) PRIMARY KEY);"
      "CREATE TABLE always (id int GENERATED ALWAYS AS IDENTITY (INCREMENT 10) PRIMARY KEY);"
      "CREATE TABLE behind (id serial PRIMARY KEY); SELECT setval('behind_id_seq', 50)");
  const QuickImport done = import_as(scratch.url(), file_of({{"down", {{-1}, {-7}, {-3}}},
                                                             {"capped", {{60}, {9999}}},
                                                             {"always", {{1}, {13}}},
                                                             {"behind", {{4}}}}));
  if (done.outcome.error) FAIL(done.outcome.error->message());
  for (const char* table : {"down", "capped", "always", "behind"})
    scratch.exec("INSERT INTO " + std::string(table) + " DEFAULT VALUES");
  CHECK(scratch.query("SELECT min(id) FROM down") == "-8");
  CHECK(scratch.query("SELECT id FROM capped ORDER BY 1") == "60\n61\n9999");
  CHECK(scratch.query("SELECT max(id) > 13 FROM always") == "t");
  CHECK(scratch.query("SELECT max(id) FROM behind") == "51");
}

}  // namespace dbkeeper::testing
