// Shapes of schemas and files that imports have to get right, each with a story.
#include "cli/across_engines.h"

using namespace dbkeeper::testing;

// A foreign key finds its parent by the key's collation or type, and the child keeps its spelling.
TEST_CASE("a reference that is equal to its parent's key without being the same stays as it is") {
  const std::string rows =
      "INSERT INTO cat VALUES ('Food'); INSERT INTO item VALUES (1, 'food'), (2, 'FOOD');";
  const std::string sqlite =
      "CREATE TABLE cat(name text PRIMARY KEY COLLATE nocase);"
      "CREATE TABLE item(id integer PRIMARY KEY, cat text REFERENCES cat(name));";
  const std::string postgres =
      "CREATE EXTENSION citext; CREATE TABLE cat(name citext PRIMARY KEY);"
      "CREATE TABLE item(id serial PRIMARY KEY, cat citext REFERENCES cat(name));";
  for (const Engine engine : kEngines) {
    const std::string& schema = engine == Engine::sqlite ? sqlite : postgres;
    const ScratchFolder folder;
    const auto source = make_database(engine, schema + rows);
    const std::string file = exported(*source, folder);
    for (const std::string& there : {std::string(), rows}) {
      const auto target = make_database(engine, schema + there);
      imported(*target, {file});
      CHECK(target->query("SELECT cat FROM item ORDER BY id") == "food\nFOOD");
      CHECK(run({"diff", "-q", source->url(), target->url()}).exit == 0);
    }
    const auto respelled = make_database(engine, schema + "INSERT INTO cat VALUES ('FooD');" +
                                                     "INSERT INTO item VALUES (7, 'FooD');");
    imported(*respelled, {file});
    CHECK(respelled->query("SELECT cat FROM item WHERE id < 3 ORDER BY id") == "FooD\nFooD");
    CHECK(imported(*respelled, {file, "--mode", "merge"})["total"]["inserted"] == 0);
  }
}

// The tenant is known, though the project that the same composite key leads to is new.
TEST_CASE("a row is found by a key that shares a column with a reference to a new row") {
  const std::string schema =
      "CREATE TABLE tenants(id $ID, slug text NOT NULL UNIQUE);"
      "CREATE TABLE projects(tenant int NOT NULL REFERENCES tenants(id), name text NOT NULL,"
      "  PRIMARY KEY(tenant, name));"
      "CREATE TABLE members(id $ID, tenant int NOT NULL REFERENCES tenants(id),"
      "  project text NOT NULL, email text NOT NULL, UNIQUE(tenant, email),"
      "  FOREIGN KEY(tenant, project) REFERENCES projects(tenant, name));";
  const auto rows = [](const std::string& tenant, const std::string& project) {
    return "INSERT INTO tenants VALUES (" + tenant + ", 'acme');" +
           "INSERT INTO projects VALUES (" + tenant + ", '" + project + "');" +
           "INSERT INTO members(tenant, project, email) VALUES (" + tenant + ", '" + project +
           "', 'ann@x');";
  };
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = make_database(engine, schema + rows("1", "new"));
    const auto target = make_database(engine, schema + rows("7", "old"));
    const std::string file = exported(*source, folder);
    const char* members = "SELECT tenant, project, email FROM members";
    CHECK(imported(*target, {file})["tables"]["members"]["skipped"] == 1);
    CHECK(target->query(members) == "7|old|ann@x");
    CHECK(imported(*target, {file, "--mode", "merge"})["tables"]["members"]["updated"] == 1);
    CHECK(target->query(members) == "7|new|ann@x");
    CHECK(imported(*target, {file, "--mode", "merge"})["total"]["updated"] == 0);
  }
}

// What the parent is called is computed, here from its name, there from its number.
TEST_CASE("a reference to a generated column is followed, also where its value becomes another") {
  const std::string schema =
      "CREATE TABLE lists(id $ID, name text NOT NULL UNIQUE,"
      "  slug text GENERATED ALWAYS AS (lower(name)) STORED UNIQUE,"
      "  code int GENERATED ALWAYS AS (id * 10) STORED UNIQUE);"
      "CREATE TABLE cards(id $ID, title text NOT NULL UNIQUE, slug text REFERENCES lists(slug),"
      "  code int REFERENCES lists(code));";
  const std::string rows =
      "INSERT INTO lists(name) VALUES ('Ann'), ('Bob');"
      "INSERT INTO cards(title, slug, code) VALUES ('a', 'ann', 10), ('b', 'bob', 20), "
      "('c', NULL, 20);";
  const char* cards =
      "SELECT c.title, s.name, n.name FROM cards c LEFT JOIN lists s ON s.slug = c.slug"
      " LEFT JOIN lists n ON n.code = c.code ORDER BY 1";
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = make_database(engine, schema + rows);
    const std::string file = exported(*source, folder);
    for (const std::string& there :
         {std::string(),
          std::string("INSERT INTO lists(id, name) VALUES (7, 'Cleo'), (8, 'Ann');")}) {
      const auto target = make_database(engine, schema + there);
      imported(*target, {file});
      CHECK(target->query(cards) == "a|Ann|Ann\nb|Bob|Bob\nc||Bob");
      CHECK(imported(*target, {file})["total"]["inserted"] == 0);
    }
    const auto renamed =
        make_database(engine, schema + "INSERT INTO lists(name) VALUES ('ANN'), ('BOB');");
    imported(*renamed, {file, "--match", "lists=id", "--mode", "merge"});
    CHECK(renamed->query(cards) == "a|Ann|Ann\nb|Bob|Bob\nc||Bob");
  }
}

// As those do who keep the kind of a thing beside its number.
TEST_CASE("a foreign key may be from a generated column") {
  const std::string schema =
      "CREATE TABLE things(id $ID, kind text NOT NULL, name text NOT NULL UNIQUE,"
      "  UNIQUE(id, kind));"
      "CREATE TABLE books(id $ID, title text NOT NULL UNIQUE, thing int,"
      "  kind text GENERATED ALWAYS AS ('book') STORED,"
      "  FOREIGN KEY(thing, kind) REFERENCES things(id, kind));";
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = make_database(
        engine, schema +
                    "INSERT INTO things(kind, name) VALUES ('book', 'x');"
                    "INSERT INTO books(title, thing) VALUES ('X', 1), ('none', NULL);");
    const auto target =
        make_database(engine, schema + "INSERT INTO things(kind, name) VALUES ('pen', 'y');");
    imported(*target, {exported(*source, folder)});
    CHECK(target->query("SELECT title, name FROM books LEFT JOIN things ON things.id = thing"
                        " ORDER BY title") == "X|x\nnone|");
  }
}

TEST_CASE("a dry run finds what is otherwise checked at the end") {
  const std::string schema =
      "CREATE TABLE tag(id $ID, code text NOT NULL UNIQUE, name text NOT NULL UNIQUE);"
      "CREATE TABLE card(id $ID, tag text NOT NULL REFERENCES tag(code)"
      "  DEFERRABLE INITIALLY DEFERRED);";
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = make_database(engine, schema + "INSERT INTO tag VALUES (1, 'new', 'N');");
    const auto target = make_database(
        engine,
        schema + "INSERT INTO tag VALUES (1, 'old', 'N'); INSERT INTO card VALUES (1, 'old');");
    const std::string file = exported(*source, folder);
    for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                  {"--include", "tag"},
                                                  {"--dry-run"},
                                                  {"--dry-run", "--include", "tag"}}) {
      std::vector<std::string> all = {file, "--mode", "merge"};
      all.insert(all.end(), words.begin(), words.end());
      const Run refused = import_into(*target, all);
      INFO(refused.err);
      CHECK(refused.exit == 5);
      CHECK(target->query("SELECT code FROM tag") == "old");
    }
  }
}

TEST_CASE("a file whose foreign key has more columns than it refers to is no export") {
  const ScratchFolder folder;
  const auto source = old_library(Engine::sqlite);
  const std::string file = exported(*source, folder);
  for (const char* columns : {R"(["member_id","label"])", "[]"}) {
    const std::string changed = with(content_of(file), R"(["member_id"])", columns);
    std::ofstream(file + ".x", std::ios::binary) << changed;
    const Run refused = import_into(*source, {file + ".x", "--edited"});
    INFO(refused.err);
    CHECK(refused.exit == 4);
    CHECK(refused.err.find("a foreign key of ") != std::string::npos);
  }
}

// Databases look at unique keys row by row, in no order that anybody promised.
TEST_CASE("a merge puts a list in another order, and swaps what is unique") {
  const std::string schema =
      "CREATE TABLE lists(id $ID, title text UNIQUE);"
      "CREATE TABLE items(id $ID, list_id int REFERENCES lists(id), pos int CHECK (pos >= 0),"
      "  name text NOT NULL, UNIQUE(list_id, pos), UNIQUE(list_id, name));"
      "CREATE TABLE people(id $ID, email text NOT NULL UNIQUE, name text NOT NULL UNIQUE);";
  const std::string list = "INSERT INTO lists VALUES (1, 'a'), (2, 'b');";
  const std::string people =
      "INSERT INTO people VALUES (1, 'a@x', 'A'), (2, 'b@x', 'B'), (3, 'c@x', 'C');";
  const std::string before =
      list + people + "INSERT INTO items VALUES (1, 1, 1, 'a'), (2, 1, 2, 'b'), (3, 1, 3, 'c');";
  const char* all = "SELECT list_id, pos, name FROM items ORDER BY 1, 2";
  for (const Engine engine : kEngines)
    for (const char* items : {"(1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 1, 3, 'c')",
                              "(1, 1, 2, 'a'), (2, 1, 3, 'b'), (3, 1, 4, 'c'), (4, 1, 1, 'd')",
                              "(1, 1, 1, 'a'), (2, 1, 2, 'b'), (3, 1, 4, 'c'), (4, 1, 3, 'd')",
                              "(1, 1, 3, 'a'), (2, 1, 1, 'b'), (3, 1, 2, 'c'), (7, 2, 0, 'a')"}) {
      const ScratchFolder folder;
      const auto source =
          make_database(engine, schema + list + people + "INSERT INTO items VALUES " + items + ";");
      const auto target = make_database(engine, schema + before);
      const std::string file = exported(*source, folder);
      const auto told = imported(*target, {file, "--mode", "merge", "--dry-run"});
      const auto done = imported(*target, {file, "--mode", "merge"});
      CHECK(done["tables"] == told["tables"]);
      CHECK(target->query(all) == source->query(all));
      const auto again = imported(*target, {file, "--mode", "merge"})["total"];
      CHECK(again["unchanged"] == again["rows"]);
    }
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source = make_database(
        engine,
        schema + "INSERT INTO people VALUES (1, 'b@x', 'C'), (2, 'a@x', 'B'), (3, 'c@x', 'A');");
    const auto target = make_database(engine, schema + before);
    const auto done =
        imported(*target, {exported(*source, folder), "--mode", "merge", "--identity", "key"});
    CHECK(done["total"]["updated"] == 3);
    const char* everybody = "SELECT id, email, name FROM people ORDER BY id";
    CHECK(target->query(everybody) == source->query(everybody));
  }
}

TEST_CASE("a merge that gives a row what another keeps is refused as ever") {
  const std::string schema = "CREATE TABLE t(id $ID, code text NOT NULL UNIQUE, pos int UNIQUE);";
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto source =
        make_database(engine, schema + "INSERT INTO t VALUES (1, 'a', 2), (3, 'c', 1);");
    const auto target = make_database(
        engine, schema + "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);");
    const Run refused =
        import_into(*target, {exported(*source, folder), "--mode", "merge", "--match", "t=code"});
    INFO(refused.err);
    CHECK(refused.exit == 5);
    CHECK(target->query("SELECT id, code, pos FROM t ORDER BY id") == "1|a|1\n2|b|2\n3|c|3");
  }
}

// What Django makes of a JSONField. SQLite 3.40 refuses it in a schema that isn't trusted.
TEST_CASE("an SQLite schema that calls JSON functions is as good as any") {
  const std::string schema =
      "CREATE TABLE doc(id integer PRIMARY KEY, body text CHECK (JSON_VALID(body) OR body IS NULL),"
      "  kind text GENERATED ALWAYS AS (json_extract(body, '$.kind')));"
      "CREATE INDEX doc_size ON doc(json_extract(body, '$.size'));";
  const ScratchFolder folder;
  const auto source = make_database(
      Engine::sqlite, schema + R"(INSERT INTO doc(body) VALUES ('{"kind":"a","size":1}'))");
  const auto target = make_database(Engine::sqlite, schema);
  imported(*target, {exported(*source, folder)});
  CHECK(target->query("SELECT kind FROM doc WHERE json_extract(body, '$.size') = 1") == "a");
  CHECK(run({"check", "--db", target->url()}).exit == 0);
  CHECK(run({"backup", "--db", target->url(), "--dir", folder.path().string()}).exit == 0);
}

// From PostgreSQL 18 on.
TEST_CASE(
    "a period that spans two rows of its parent is one reference, and may lack a part of it") {
  const std::string schema =
      "CREATE EXTENSION btree_gist;"
      "CREATE TABLE rooms(id int, during int4range, PRIMARY KEY (id, during WITHOUT OVERLAPS));"
      "CREATE TABLE stays(id int PRIMARY KEY, room int, during int4range,"
      " FOREIGN KEY (room, PERIOD during) REFERENCES rooms(id, PERIOD during) NOT ENFORCED);";
  if (ScratchPostgres().query("SELECT current_setting('server_version_num')::int < 180000") == "t")
    return;
  const ScratchFolder folder;
  const auto source = make_database(
      Engine::postgres, schema +
                            "INSERT INTO rooms VALUES (1, '[1,5)'), (1, '[5,9)'), (2, '[1,9)');"
                            "INSERT INTO stays VALUES (1, 1, '[2,8)'), (2, 2, '[3,4)')");
  const auto target = make_database(Engine::postgres, schema);
  const std::string file = exported(*source, folder);
  imported(*target, {file});
  CHECK(target->query("SELECT * FROM stays ORDER BY id") == "1|1|[2,8)\n2|2|[3,4)");
  CHECK(imported(*target, {file})["total"]["skipped"] == 5);
  CHECK(run({"check", "--db", target->url()}).exit == 0);
  target->exec("INSERT INTO stays VALUES (3, 2, '[7,12)')");
  const Run check = run({"check", "--db", target->url()});
  CHECK(check.exit == 6);
  CHECK_THAT(check.out, contains("1 row of 'stays'") && contains("(2, [7,12))"));
}
