// dbkeeper restore --undo: the last destructive run taken back.
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <type_traits>

#include "cli/json.h"
#include "cli/notes.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/seed.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

template <class Scratch>
struct Notes {
  Run call(Words words) const {
    words.insert(words.end(), {"--db", database.url(), "--dir", dir()});
    return run(std::move(words));
  }
  nlohmann::json done(Words words) const {
    words.push_back("--json");
    const Run result = call(std::move(words));
    INFO(result.err << result.out);
    REQUIRE(result.exit == 0);
    return report_of(result)["result"];
  }
  void add(int id) {
    database.exec("INSERT INTO note VALUES (" + std::to_string(id) + ", 'more')");
  }
  std::string dir() const { return (folder / "backups").string(); }
  std::string ids() {
    std::string out = database.query("SELECT id FROM note ORDER BY id");
    for (char& c : out)
      if (c == '\n') c = ' ';
    return out;
  }
  ~Notes() {
    ScratchPostgres other;
    const std::string name = fs::path(database.url()).filename().string();
    std::string names = other.query(
        "SELECT string_agg(datname, ' ') FROM pg_database WHERE "
        "datname LIKE '" +
        name.substr(0, name.find('?')) + "\\_before\\_%'");
    std::istringstream list(names);
    for (std::string each; list >> each;) other.exec("DROP DATABASE \"" + each + "\"");
  }

  ScratchFolder folder;
  Scratch database{kNotes};
};

}  // namespace

TEMPLATE_TEST_CASE("a restore is taken back, and so is the taking back", "", ScratchSqlite,
                   ScratchPostgres) {
  Notes<TestType> notes;
  notes.done({"backup"});
  notes.add(3);
  notes.done({"restore", "--latest", "--yes"});
  REQUIRE(notes.ids() == "1 2");
  CHECK(notes.call({"restore", "--undo"}).exit == 7);
  CHECK(notes.ids() == "1 2");
  const auto undone = notes.done({"restore", "--undo", "--yes"});
  CHECK(undone["undone"].template get<std::string>().starts_with("restore of 2"));
  CHECK(notes.ids() == "1 2 3");
  notes.done({"restore", "--undo", "--yes"});
  CHECK(notes.ids() == "1 2");
}

TEST_CASE("a run on another server that had this address isn't taken back") {
  Notes<ScratchPostgres> notes;
  notes.done({"backup"});
  notes.add(3);
  notes.done({"restore", "--latest", "--yes"});
  for (const auto& entry : fs::directory_iterator(notes.dir())) {
    if (entry.path().extension() != ".run") continue;
    auto record = nlohmann::json::parse(std::ifstream(entry.path()));
    REQUIRE_THAT(record["server"].get<std::string>(), matches("[0-9]+"));
    record["server"] = "7000000000000000000";
    std::ofstream(entry.path()) << record;
  }
  const Run undone = notes.call({"restore", "--undo", "--yes"});
  CHECK(undone.exit == 1);
  CHECK_THAT(undone.err, contains("knows of no destructive run"));
  CHECK(notes.ids() == "1 2");
}

TEMPLATE_TEST_CASE("after two restores in a row the first state is still there", "", ScratchSqlite,
                   ScratchPostgres) {
  Notes<TestType> notes;
  const std::string file = notes.done({"backup"})["file"];
  notes.add(3);
  const auto first = notes.done({"restore", file, "--yes"});
  notes.done({"restore", file, "--yes"});
  if (first["safety_backup"].is_string()) {
    notes.done({"restore", first["safety_backup"].template get<std::string>(), "--yes"});
    CHECK(notes.ids() == "1 2 3");
  } else {
    ScratchPostgres other;
    CHECK(other.query("SELECT count(*) FROM pg_database WHERE datname = '" +
                      first["put_aside"].template get<std::string>() + "'") == "1");
  }
}

TEMPLATE_TEST_CASE("a clean import is taken back", "", ScratchSqlite, ScratchPostgres) {
  Notes<TestType> notes;
  const std::string file = (notes.folder / "few.json").string();
  notes.done({"export", "-o", file});
  notes.add(3);
  const auto cleaned = notes.done({"import", file, "--mode", "clean", "--yes"});
  REQUIRE(notes.ids() == "1 2");
  CHECK(cleaned["undo"].template get<std::string>().starts_with("dbkeeper restore --undo --"));
  notes.done({"restore", "--undo", "--yes"});
  CHECK(notes.ids() == "1 2 3");
}

TEST_CASE("where nothing was destroyed, nothing can be taken back") {
  Notes<ScratchSqlite> notes;
  CHECK(notes.call({"restore", "--undo", "--yes"}).exit == 1);
  notes.done({"backup"});
  CHECK(notes.call({"restore", "no-such-file", "--yes"}).exit == 4);
  CHECK(notes.call({"restore", "--undo", "--yes"}).exit == 1);
  CHECK(notes.call({"restore", "--undo", "--latest", "--yes"}).exit == 2);
}

TEST_CASE("what left no copy isn't taken for something older") {
  Notes<ScratchSqlite> notes;
  const std::string file = notes.done({"backup"})["file"];
  notes.done({"restore", file, "--yes"});
  notes.done({"restore", file, "--yes", "--no-safety-backup"});
  const Run undone = notes.call({"restore", "--undo", "--yes"});
  CHECK(undone.exit == 1);
  CHECK(undone.err.find("left no copy") != std::string::npos);
}

TEST_CASE("a copy that is gone, or damaged, is told") {
  Notes<ScratchSqlite> notes;
  const std::string file = notes.done({"backup"})["file"];
  notes.add(3);
  const std::string copy = notes.done({"restore", file, "--yes"})["safety_backup"];
  SECTION("gone") { fs::remove(copy); }
  SECTION("damaged") { std::ofstream(copy, std::ios::app) << "x"; }
  CHECK(notes.call({"restore", "--undo", "--yes"}).exit == 4);
  CHECK(notes.ids() == "1 2");
}

TEST_CASE("another database's runs aren't taken back") {
  Notes<ScratchSqlite> one;
  const std::string file = one.done({"backup"})["file"];
  one.done({"restore", file, "--yes"});
  const ScratchSqlite other(kNotes);
  CHECK(run({"restore", "--undo", "--yes", "--db", other.url(), "--dir", one.dir()}).exit == 1);
}

TEST_CASE("a run on a database that another dbkeeper changes waits, and then gives up") {
  Notes<ScratchSqlite> notes;
  const std::string file = notes.done({"backup"})["file"];
  const std::string json = (notes.folder / "all.json").string();
  notes.done({"export", "-o", json});
  const std::string lock = notes.database.path().string() + "-dbkeeper-lock";
  const std::string holding = "exec 9>'" + lock + "'; flock -x 9; '" + dbkeeper_binary() + "' ";
  for (const std::string& words : {"restore '" + file + "' --yes", "import '" + json + "'"}) {
    const Run refused = run({"-c", holding + words + " --lock-timeout 100ms --db '" +
                                       notes.database.url() + "' --dir '" + notes.dir() + "' 9>&-"},
                            {.binary = "/bin/bash"});
    INFO(refused.err);
    CHECK(refused.exit == 7);
  }
}

TEST_CASE("what was stopped before it did anything is passed over") {
  Notes<ScratchPostgres> notes;
  const std::string file = notes.done({"backup"})["file"];
  notes.add(3);
  notes.done({"restore", file, "--yes"});
  notes.add(4);
  const std::string name = notes.database.name();
  std::ofstream(fs::path(notes.dir()) / (name + "_restore_20991231T000000Z.run"))
      << R"({"command":"restore","engine":"postgresql","database":")" << name << R"(","location":")"
      << notes.done({"inspect"})["database"]["location"].get<std::string>()
      << R"(","begun":"2099-12-31T00:00:00.000Z","state":"begun","copy":null,"aside":"gone",)"
      << R"("number":100})";
  const Run undone = notes.call({"restore", "--undo", "--yes"});
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK_THAT(undone.err, contains("was stopped before it changed anything"));
  CHECK(notes.ids() == "1 2 3");
}

namespace {

// By which a restore that was killed right before its last step would be told.
std::string mark_of_now(ScratchSqlite& database) {
  return "schema " + database.query("PRAGMA schema_version");
}
std::string mark_of_now(ScratchPostgres& database) {
  if (GENERATE(true, false))
    return "database " +
           database.query("SELECT oid FROM pg_database WHERE datname = current_database()");
  const std::string next = database.query("SELECT pg_snapshot_xmax(pg_current_snapshot())");
  database.exec("BEGIN; SELECT pg_current_xact_id(); ROLLBACK");
  return "transaction " + next;
}

// Changes the one record that there is.
void rewrite_record(const std::string& dir, const std::function<void(nlohmann::json&)>& change,
                    const std::string& as = "") {
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() != ".run") continue;
    auto record = nlohmann::json::parse(std::ifstream(entry.path()));
    change(record);
    std::ofstream(as.empty() ? entry.path() : fs::path(dir) / as) << record;
    return;
  }
  FAIL("no record");
}

}  // namespace

TEMPLATE_TEST_CASE("a restore that was killed before its last step is no run", "", ScratchSqlite,
                   ScratchPostgres) {
  Notes<TestType> notes;
  notes.done({"backup"});
  notes.add(3);
  notes.done({"restore", "--latest", "--yes"});
  const std::string copy = notes.done({"backup"})["file"];
  const std::string mark = mark_of_now(notes.database);
  rewrite_record(
      notes.dir(),
      [&](nlohmann::json& record) {
        record["number"] = 100;
        record["state"] = "begun";
        record["copy"] = copy;
        record["mark"] = mark;
      },
      "killed.run");
  notes.add(5);  // the application goes on
  const Run undone = notes.call({"restore", "--undo", "--yes"});
  INFO(mark << undone.err);
  CHECK(undone.exit == 0);
  CHECK_THAT(undone.err, contains("was stopped before it changed anything"));
  CHECK(notes.ids() == "1 2 3");
}

TEMPLATE_TEST_CASE("a restore that was killed after its last step is taken back", "", ScratchSqlite,
                   ScratchPostgres) {
  Notes<TestType> notes;
  notes.done({"backup"});
  notes.add(3);
  Words words = {"restore", "--latest", "--yes"};
  if (std::is_same_v<TestType, ScratchPostgres> && GENERATE(true, false))
    words.emplace_back("--in-place");
  notes.done(words);
  rewrite_record(notes.dir(), [](nlohmann::json& record) { record["state"] = "begun"; });
  notes.add(5);
  notes.done({"restore", "--undo", "--yes"});
  CHECK(notes.ids() == "1 2 3");
}

TEST_CASE("a clean import that was killed before its commit is no run, and none after it is one") {
  Notes<ScratchPostgres> notes;
  const std::string file = (notes.folder / "few.json").string();
  notes.done({"export", "-o", file});
  notes.add(3);
  notes.done({"import", file, "--mode", "clean", "--yes"});
  const bool committed = GENERATE(true, false);
  std::string aborted = run({"-qXAt", "-d", notes.database.url(), "-c", "BEGIN", "-c",
                             "SELECT pg_current_xact_id()", "-c", "ROLLBACK"},
                            {.binary = postgres_programs() / "psql"})
                            .out;
  aborted.pop_back();
  rewrite_record(notes.dir(), [&](nlohmann::json& record) {
    record["state"] = "begun";
    if (!committed) record["mark"] = "transaction " + aborted;
  });
  const Run undone = notes.call({"restore", "--undo", "--yes"});
  INFO(undone.err);
  CHECK(undone.exit == (committed ? 0 : 1));
  CHECK(notes.ids() == (committed ? "1 2 3" : "1 2"));
}

TEST_CASE("a migration that was put back is what is taken back, not the killed putting back") {
  Notes<ScratchSqlite> notes;
  const std::string path = notes.database.path().string();
  const Words failing = {
      "migrate", "--db",      notes.database.url(),
      "--dir",   notes.dir(), "--",
      "sh",      "-c",        "sqlite3 '" + path + "' \"UPDATE note SET text = 'x'\"; exit 1"};
  REQUIRE(run(failing).exit == 8);
  const std::string copy = notes.done({"backup"})["file"];
  const std::string mark = mark_of_now(notes.database);
  rewrite_record(
      notes.dir(),
      [&](nlohmann::json& record) {
        record["command"] = "restore";
        record["number"] = 2;
        record["state"] = "begun";
        record["copy"] = copy;
        record["mark"] = mark;
      },
      "killed.run");
  CHECK_THAT(notes.done({"restore", "--undo", "--yes"})["undone"].get<std::string>(),
             contains("migrate of "));
  CHECK(notes.database.query("SELECT text FROM note ORDER BY id") == "one\ntwo");
}

TEST_CASE("a run that was made when the clock was ahead isn't the last for ever") {
  Notes<ScratchSqlite> notes;
  const std::string file = notes.done({"backup"})["file"];
  notes.add(3);
  notes.done({"restore", file, "--yes"});
  rewrite_record(notes.dir(),
                 [](nlohmann::json& record) { record["begun"] = "2099-12-31T00:00:00.000Z"; });
  notes.add(4);
  notes.done({"restore", file, "--yes"});
  notes.done({"restore", "--undo", "--yes"});
  CHECK(notes.ids() == "1 2 4");
}

TEST_CASE("a file by another name is the same database") {
  Notes<ScratchSqlite> notes;
  const std::string file = notes.done({"backup"})["file"];
  notes.add(3);
  const auto link = notes.folder / "other.db";
  fs::create_symlink(notes.database.path(), link);
  REQUIRE(run({"restore", file, "--yes", "--to", link.string(), "--dir", notes.dir(), "--db",
               notes.database.url()})
              .exit == 0);
  notes.done({"restore", "--undo", "--yes"});
  CHECK(notes.ids() == "1 2 3");
}

TEST_CASE("an escaped address is that of the file whose name it spells, there or gone") {
  const ScratchFolder folder;
  ScratchSqlite database(kNotes, "my app.db");
  const std::string url = "sqlite:///" + (database.folder() / "my%20app.db").string();
  const auto call = [&](Words words) {
    words.insert(words.end(), {"--db", url, "--dir", (folder / "backups").string()});
    const Run result = run(std::move(words));
    INFO(result.err << result.out);
    CHECK(result.exit == 0);
  };
  const auto count = [&] { return database.query("SELECT count(*) FROM note"); };
  call({"backup"});
  database.exec("INSERT INTO note VALUES (3, 'more')");
  call({"restore", "--latest", "--yes"});
  CHECK(count() == "2");
  call({"restore", "--undo", "--yes"});
  CHECK(count() == "3");
  fs::remove(database.path());
  call({"restore", "--latest", "--yes"});
  REQUIRE(fs::exists(database.path()));
  CHECK(count() == "2");
}
