// dbkeeper import as its users mean it: which rows come in, under which numbers, told how. Which
// row is which is the affair of the engines' tests; here a team's whole procedures run.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "cli/import_databases.h"

using namespace dbkeeper::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json counts(std::int64_t rows, std::int64_t inserted, std::int64_t updated, std::int64_t unchanged,
            std::int64_t skipped, std::int64_t remapped = 0, std::int64_t removed = 0,
            std::int64_t dropped = 0) {
  return {{"rows", rows},           {"inserted", inserted}, {"updated", updated},
          {"unchanged", unchanged}, {"skipped", skipped},   {"dropped", dropped},
          {"remapped", remapped},   {"removed", removed}};
}

std::vector<std::string> seeded_left_out() { return {"--exclude", "books,logins"}; }

std::string without(std::string text, const std::string& line) {
  const std::size_t at = text.find(line);
  REQUIRE(at != std::string::npos);
  return text.erase(at, line.size());
}

// Tables that refer to one another in a row, each with a row that the other side has too, one that
// has another name there, and one that it lacks.
std::string chain_of_tables(int count, const std::string& name) {
  std::string sql = "BEGIN;";
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i), parent = std::to_string(std::max(i - 1, 0));
    sql += "CREATE TABLE t" + n + "(id $ID, name text UNIQUE, p int REFERENCES t" + parent +
           "(id)); INSERT INTO t" + n + " VALUES (1, 'same', 1), (2, '" + name + "', 2);";
  }
  return sql + "COMMIT";
}

double seconds_of_children() {
  rusage usage{};
  REQUIRE(getrusage(RUSAGE_CHILDREN, &usage) == 0);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

}  // namespace

TEST_CASE("after a reset, members are found by e-mail and loans lead to the re-seeded books") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto old = old_library(engine);
    const auto fresh = reseeded_library(engine);
    const std::string file = exported(*old, folder, seeded_left_out());
    const json result = imported(*fresh, {file});
    CHECK(fresh->query(kReading) == kReadingOfOldRows);
    CHECK(result["mode"] == "skip");
    CHECK(result["dry_run"] == false);
    CHECK(result["safety_backup"].is_null());
    CHECK(result["source"]["same"] == false);
    // Ada gives way to the admin, Ben is there already, Cleo keeps her number.
    CHECK(result["tables"]["members"] == counts(3, 2, 0, 0, 1, 1));
    CHECK(fresh->query("SELECT name, password FROM members WHERE email = 'ben@x'") ==
          "Benjamin|p9");
    CHECK(fresh->query("SELECT id FROM members WHERE email = 'cleo@x'") == "3");
    CHECK(result["tables"]["shelves"]["inserted"] == 3);
    CHECK(result["tables"]["loans"] == counts(5, 5, 0, 0, 0));
    CHECK_FALSE(result["tables"].contains("books"));
    // What the application inserts next gets a number of its own.
    fresh->exec("INSERT INTO members(email, password) VALUES ('dan@x', 'p')");
    fresh->exec("INSERT INTO loans(book_id) VALUES (1)");
  }
}

TEST_CASE("a second import of the same file changes nothing, in either mode") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto fresh = reseeded_library(engine);
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    imported(*fresh, {file});
    const std::string after = state_of(*fresh);
    for (const char* mode : {"skip", "skip", "merge", "merge"}) {
      const json total = imported(*fresh, {file, "--mode", mode})["total"];
      CHECK(total["inserted"] == 0);
      CHECK(total["rows"] == 11);
      if (mode == std::string("skip")) {
        CHECK(total["skipped"] == 11);
        CHECK(state_of(*fresh) == after);
      }
    }
    CHECK(imported(*fresh, {file, "--mode", "merge"})["total"]["unchanged"] == 11);
    CHECK(fresh->query(kReading) == kReadingOfOldRows);
  }
}

TEST_CASE("merge brings the file's values to rows that are there, but not to protected columns") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const auto merged = reseeded_library(engine);
    const json result = imported(*merged, {file, "--mode", "merge"});
    CHECK(result["mode"] == "merge");
    CHECK(result["tables"]["members"]["updated"] == 1);
    CHECK(merged->query("SELECT id, name, password FROM members WHERE email = 'ben@x'") ==
          "2|Ben|p2");
    const auto kept = reseeded_library(engine);
    CHECK(imported(*kept, {file, "--mode", "replace", "--protect", "members.password"})["mode"] ==
          "merge");
    CHECK(kept->query("SELECT name, password FROM members WHERE email = 'ben@x'") == "Ben|p9");
  }
}

TEST_CASE("clean puts the file's rows in the place of all that was there, and can be taken back") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string backups = (folder / "backups").string();
    const std::string file = exported(*old_library(engine), folder, {"--exclude", "logins"});
    const auto target = reseeded_library(engine);
    const std::string before = target->query("SELECT * FROM books ORDER BY id") +
                               target->query("SELECT * FROM members ORDER BY id") +
                               target->query("SELECT * FROM shelves ORDER BY id");
    const json result = imported(*target, {file, "--mode", "clean", "--yes", "--dir", backups});
    CHECK(result["tables"]["members"] == counts(3, 3, 0, 0, 0, 0, 2));
    CHECK(result["tables"]["books"] == counts(3, 3, 0, 0, 0, 0, 4));
    CHECK(target->query(kReading) == kReadingOfOldRows);
    CHECK(target->query("SELECT id, email FROM members ORDER BY id") ==
          "1|ada@x\n2|ben@x\n3|cleo@x");

    const std::string copy = result["safety_backup"];
    CHECK_THAT(fs::path(copy).filename().string(),
               matches(".*_pre-import_[0-9]{8}T[0-9]{6}Z\\.dbk"));
    CHECK(fs::path(copy).parent_path() == backups);
    CHECK(run({"verify", copy}).exit == 0);
    CHECK((fs::status(copy).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    CHECK((fs::status(backups).permissions() & fs::perms::all) == fs::perms::owner_all);

    const std::string undo = result["undo"];
    CHECK_THAT(undo, contains("dbkeeper restore --undo ") && contains("--dir " + backups) &&
                         contains("--db "));
    const Run undone =
        run({"-c", "'" + dbkeeper_binary() + "'" + undo.substr(sizeof("dbkeeper") - 1) +
                       " --yes --no-safety-backup"},
            {.binary = "/bin/bash"});
    INFO(undo << undone.err);
    CHECK(undone.exit == 0);
    CHECK(target->query("SELECT * FROM books ORDER BY id") +
              target->query("SELECT * FROM members ORDER BY id") +
              target->query("SELECT * FROM shelves ORDER BY id") ==
          before);
    CHECK(target->query("SELECT count(*) FROM loans") == "0");
  }
}

TEST_CASE("two safety copies in one second have two names") {
  const ScratchFolder folder;
  const auto target = reseeded_library(Engine::sqlite);
  const std::string file = exported(*old_library(Engine::sqlite), folder);
  for (int i = 0; i < 3; ++i)
    imported(*target, {file, "--mode", "clean", "--yes", "--dir", (folder / "b").string()});
  int backups = 0;
  for (const auto& entry : fs::directory_iterator(folder / "b"))
    backups += matches(".*_pre-import_[^.]*Z(-[23])?\\.dbk").match(entry.path().string());
  CHECK(backups == 3);
}

TEST_CASE("a safety copy has every table, a migration tool's history too") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = make_database(
        engine, std::string(kLibrary) + kSeeds +
                    "CREATE TABLE alembic_version(version_num varchar(32) PRIMARY KEY);"
                    "INSERT INTO alembic_version VALUES ('abc')");
    const std::string file =
        exported(*old_library(engine), folder, {"--include", "logins,members"});
    const json result =
        imported(*target, {file, "--mode", "clean", "--include", "logins", "--yes",
                           "--on-missing-ref", "skip", "--dir", (folder / "b").string()});
    const Run verified = run({"verify", result["safety_backup"], "--json"});
    const json tables = report_of(verified)["result"]["tables"];
    CHECK(tables.size() == 6);
    CHECK(tables["alembic_version"]["rows"] == 1);
  }
}

TEST_CASE("a dry run tells exactly what the run does, and leaves all as it was") {
  for (const Engine engine : kEngines)
    for (const char* mode : {"skip", "merge", "clean"}) {
      CAPTURE(mode);
      const ScratchFolder folder;
      const auto target = reseeded_library(engine);
      const std::string file = exported(*old_library(engine), folder, {"--exclude", "logins"});
      const std::string before = state_of(*target);
      const json tried = imported(*target, {file, "--mode", mode, "--dry-run"});
      CHECK(state_of(*target) == before);
      CHECK(tried["dry_run"] == true);
      CHECK(tried["safety_backup"].is_null());
      CHECK_FALSE(fs::exists(folder / "backups"));
      const json done =
          imported(*target, {file, "--mode", mode, "--yes", "--dir", (folder / "b").string()});
      CHECK(tried["tables"] == done["tables"]);
      CHECK(tried["total"] == done["total"]);
    }
}

TEST_CASE("a dry run says in words that nothing was changed") {
  const ScratchFolder folder;
  const std::string file = exported(*old_library(Engine::sqlite), folder);
  const Run tried = import_into(*reseeded_library(Engine::sqlite), {file, "--dry-run"});
  CHECK(tried.exit == 0);
  CHECK_THAT(tried.out, contains("dry run: ") && contains("dry run: nothing was changed\n"));
}

TEST_CASE("the table of a result leaves out columns of noughts and ends with the sum") {
  const ScratchFolder folder;
  const auto target = reseeded_library(Engine::sqlite);
  const std::string file =
      exported(*old_library(Engine::sqlite), folder, {"--include", "members,shelves"});
  const Run first = import_into(*target, {file});
  CHECK(first.exit == 0);
  CHECK_THAT(first.out, contains("TABLE    ROWS  INSERTED  SKIPPED  REMAPPED\n") &&
                            contains("\ntotal ") && !contains("UPDATED") && !contains("REMOVED") &&
                            !contains("dry run"));
  CHECK_THAT(import_into(*target, {file}).out, contains("there was nothing to change"));
}

TEST_CASE("the map of keys is written as JSON, and only for keys that changed") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const fs::path map = folder / "map.json";
    CHECK(imported(*target, {file, "--id-map", map.string()})["id_map"] == map.string());
    const json keys = json::parse(content_of(map));
    const std::int64_t ada =
        std::stoll(target->query("SELECT id FROM members WHERE email = 'ada@x'"));
    CHECK(keys["members"] ==
          json::parse("[{\"old\": [1], \"new\": [" + std::to_string(ada) + "]}]"));
    // Emma was 1 and is 3, Ulysses was 2 and is 4, Momo was 3 and is 1.
    CHECK(keys["books"].size() == 3);
    for (const json& key : keys["books"])
      if (key["old"][0] == 3) CHECK(key["new"] == json::parse("[1]"));
    CHECK_FALSE(keys.contains("loans"));
    CHECK((fs::status(map).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(import_into(*target, {file, "--id-map", map.string()}).exit == 7);
    // Nothing changes of a file that comes back to where it was written.
    const auto same = old_library(engine);
    imported(*same, {exported(*same, folder), "--id-map", map.string(), "--overwrite"});
    CHECK(json::parse(content_of(map)).empty());
  }
}

TEST_CASE("a file comes from stdin, compressed or not, and a database file stands for its export") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const ScratchSqlite source([] {
      std::string sql = std::string(kLibrary) + kOldRows;
      for (std::size_t at; (at = sql.find("$ID")) != std::string::npos;)
        sql.replace(at, 3, "INTEGER PRIMARY KEY");
      return sql;
    }());
    const std::string plain = (folder / "p.json").string();
    REQUIRE(run({"export", "-o", plain, "--db", source.url()}).exit == 0);
    REQUIRE(run({"export", "-o", plain + ".zst", "--db", source.url()}).exit == 0);
    for (const std::string& path : {plain, plain + ".zst"}) {
      const auto target = reseeded_library(engine);
      const json result = imported(*target, {"-"}, {.input = content_of(path)});
      CHECK(result["file"] == "stdin");
      CHECK(target->query(kReading) == kReadingOfOldRows);
    }
    const auto target = reseeded_library(engine);
    const Run read = import_into(*target, {"-i", source.path().string()});
    INFO(read.err);
    CHECK(read.exit == 0);
    CHECK(target->query(kReading) == kReadingOfOldRows);
  }
}

TEST_CASE("rows that were deleted are brought back from last night's file, and no others") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto library = old_library(engine);
    const std::string file = exported(*library, folder);
    library->exec("DELETE FROM loans WHERE pages > 20");
    library->exec("UPDATE loans SET pages = 11 WHERE pages = 10");
    library->exec("UPDATE members SET name = 'Ada L.' WHERE id = 1");
    const json result = imported(*library, {file, "--include", "loans"});
    CHECK(result["source"]["same"] == true);
    CHECK(result["tables"].size() == 1);
    CHECK(result["tables"]["loans"] == counts(5, 2, 0, 0, 3));
    CHECK(library->query("SELECT id, pages FROM loans ORDER BY id") ==
          "1|11\n2|30\n3|20\n4|33\n5|0");
    CHECK(library->query("SELECT name FROM members WHERE id = 1") == "Ada L.");
  }
}

TEST_CASE("what --explain tells: keys in order, those that are none and why, who matched by what") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const json result = imported(*target, {file, "--explain", "--dry-run"});
    const json& tables = result["explain"]["tables"];
    const auto members = std::find_if(tables.begin(), tables.end(), [](const json& table) {
      return table["table"] == "members";
    });
    REQUIRE(members != tables.end());
    CHECK((*members)["natural_keys"] == json::parse(R"(["email"])"));
    CHECK((*members)["other_keys"][0]["key"] == "id");
    CHECK((*members)["other_keys"][0]["why"] == "its numbers are given out by the database");
    CHECK((*members)["found"][0]["rows"] == 1);
    CHECK((*members)["matches"][0]["old"] == "[2]");
    CHECK((*members)["matches"][0]["new"] == "[2]");
    const Run told = import_into(*target, {file, "--explain", "--dry-run"});
    CHECK_THAT(told.out, contains("natural key: email") &&
                             contains("no natural key: id: its numbers are given out") &&
                             contains("refers: member_id → members (id)") &&
                             contains("books (only looked up)"));
  }
}

TEST_CASE("the rows that merge changes are named by --explain") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const json result = imported(*target, {file, "--mode", "merge", "--explain"});
    CHECK(result["tables"]["members"]["updated"] == 1);
    for (const json& table : result["explain"]["tables"]) {
      if (table["table"] != "members") continue;
      REQUIRE(table["matches"].size() == 1);
      CHECK(table["matches"][0]["old"] == "[2]");
      CHECK(table["matches"][0]["new"] == "[2]");
    }
  }
}

TEST_CASE("a natural key can be named for a table that declares none") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    target->exec("INSERT INTO shelves(member_id, label) VALUES (2, 'blue')");
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const json result = imported(*target, {file, "--match", "shelves=member_id,label"});
    CHECK(result["tables"]["shelves"]["skipped"] == 1);
    CHECK(target->query("SELECT count(*) FROM shelves WHERE label = 'blue'") == "1");
  }
}

TEST_CASE("a row found by its number alone and different otherwise is counted and warned of") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const char* schema = "CREATE TABLE notes(id $ID, body text);";
    const auto source =
        make_database(engine, std::string(schema) + "INSERT INTO notes(body) VALUES ('a'), ('b')");
    const auto target =
        make_database(engine, std::string(schema) + "INSERT INTO notes(body) VALUES ('a'), ('B!')");
    const std::string file = exported(*source, folder);
    const Run run = import_into(*target, {file, "--json"});
    REQUIRE(run.exit == 0);
    const json report = report_of(run);
    CHECK(report["result"]["same_number_alone"] == json::parse(R"({"notes": 1})"));
    REQUIRE(report["warnings"].size() == 1);
    CHECK_THAT(report["warnings"][0].get<std::string>(), contains("table 'notes': 1 row") &&
                                                             contains("--match") &&
                                                             contains("--identity natural"));
    const json natural = imported(*target, {file, "--identity", "natural"});
    CHECK(natural["tables"]["notes"]["inserted"] == 2);
  }
}

TEST_CASE("a file of another schema version is imported with a warning that names both") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string history =
        "CREATE TABLE alembic_version(version_num varchar(32) PRIMARY KEY);";
    const auto source = make_database(engine, std::string(kLibrary) + kOldRows + history +
                                                  "INSERT INTO alembic_version VALUES ('aaa111')");
    const auto target = make_database(
        engine, std::string(kLibrary) + history + "INSERT INTO alembic_version VALUES ('bbb222')");
    const Run other = import_into(*target, {exported(*source, folder), "--json"});
    CHECK(other.exit == 0);
    const json warnings = report_of(other)["warnings"];
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0].get<std::string>(),
               contains("alembic aaa111") && contains("alembic bbb222"));
    CHECK(target->query("SELECT version_num FROM alembic_version") == "bbb222");
    target->exec("UPDATE alembic_version SET version_num = 'aaa111'");
    CHECK(
        report_of(import_into(*target, {exported(*source, folder), "--json"}))["warnings"].empty());
  }
}

TEST_CASE("rows changed in the file on purpose come in with --edited, and only with it") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto target = reseeded_library(engine);
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const std::string text = content_of(file);
    const std::string before = state_of(*target);
    const std::string changed = folder.write("changed.json", with(text, "\"Ada\"", "\"Adele\""));
    const Run refused = import_into(*target, {changed, "--json"});
    CHECK(refused.exit == 4);
    CHECK_THAT(report_of(refused)["error"]["hint"].get<std::string>(),
               contains("dbkeeper import --edited"));
    CHECK(state_of(*target) == before);
    const Run taken = import_into(*target, {changed, "--edited", "--json"});
    INFO(taken.err);
    CHECK(taken.exit == 0);
    CHECK(report_of(taken)["warnings"].size() >= 1);
    CHECK(target->query("SELECT name FROM members WHERE email = 'ada@x'") == "Adele");
    const std::string lacking =
        folder.write("lacking.json", without(content_of(changed), "\"name\":\"Adele\","));
    CHECK(import_into(*target, {lacking}).exit == 4);
    CHECK(import_into(*target, {lacking, "--edited"}).exit == 0);
    const std::string cut = folder.write("cut.json", text.substr(0, text.find("\"summary\"")));
    CHECK(import_into(*target, {cut, "--edited"}).exit == 4);
  }
}

TEST_CASE("references that can't be found fail with their names, or become NULL, or are left out") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const std::string file = exported(*old_library(engine), folder, seeded_left_out());
    const std::string lost = "DELETE FROM books WHERE isbn = '222'";
    const auto target = reseeded_library(engine);
    target->exec(lost);
    const std::string before = state_of(*target);
    const Run failed = import_into(*target, {file, "--json"});
    CHECK(failed.exit == 5);
    const json error = report_of(failed)["error"];
    CHECK(error["table"] == "loans");
    CHECK_THAT(error["message"].get<std::string>(), contains("book_id") && contains("books"));
    CHECK_THAT(failed.err, contains("--on-missing-ref"));
    CHECK(state_of(*target) == before);
    // book_id is NOT NULL: there is nothing to null.
    CHECK(import_into(*target, {file, "--on-missing-ref", "null"}).exit == 5);
    CHECK(state_of(*target) == before);
    const json skipped = imported(*target, {file, "--on-missing-ref", "skip"});
    CHECK(skipped["tables"]["loans"] == counts(5, 4, 0, 0, 0, 0, 0, 1));

    const std::string loans = exported(*old_library(engine), folder, {"--include", "loans,books"});
    const auto bare = make_database(engine, kLibrary);
    const json nulled = imported(*bare, {loans, "--on-missing-ref", "null"});
    CHECK(nulled["nulled"] == json::parse(R"({"loans": 4})"));
    CHECK(bare->query("SELECT count(*) FROM loans WHERE shelf_id IS NULL") == "5");
  }
}

TEST_CASE("an empty file of an empty database is imported without a word of trouble") {
  for (const Engine engine : kEngines) {
    const ScratchFolder folder;
    const auto empty = make_database(engine, kLibrary);
    const auto target = make_database(engine, kLibrary);
    CHECK(imported(*target, {exported(*empty, folder)})["total"] == counts(0, 0, 0, 0, 0));
  }
}

TEST_CASE("rows go from either engine into the other and back") {
  for (const Engine engine : kEngines) {
    const Engine other = engine == Engine::sqlite ? Engine::postgres : Engine::sqlite;
    const ScratchFolder folder;
    const auto there = make_database(other, kLibrary);
    imported(*there, {exported(*old_library(engine), folder)});
    CHECK(there->query(kReading) == kReadingOfOldRows);
    const auto back = make_database(engine, kLibrary);
    imported(*back, {exported(*there, folder)});
    for (const char* table : {"members", "books", "shelves", "loans", "logins"})
      CHECK(back->query("SELECT * FROM " + std::string(table) + " ORDER BY id") ==
            old_library(engine)->query("SELECT * FROM " + std::string(table) + " ORDER BY id"));
  }
}

// For each temporary table SQLite goes through all that there are.
TEST_CASE("an import into very many SQLite tables takes a time that grows as they do") {
  if (is_sanitized()) return;
  double last = 0;
  for (const int count : {300, 1200}) {
    const ScratchFolder folder;
    const auto source = make_database(Engine::sqlite, chain_of_tables(count, "ours"));
    const auto target = make_database(Engine::sqlite, chain_of_tables(count, "theirs"));
    const std::string file = exported(*source, folder);
    const double begin = seconds_of_children();
    const json result = imported(*target, {file});
    const double took = seconds_of_children() - begin;
    CHECK(result["total"] == counts(2 * count, count, 0, 0, count, count));
    CHECK(target->query("SELECT group_concat(name || id || p) FROM (SELECT * FROM t" +
                        std::to_string(count - 1) + " ORDER BY id)") == "same11,theirs22,ours33");
    CAPTURE(last, took);
    if (last > 0) CHECK(took < 10 * last);
    last = took;
  }
}
