// Which database a run is about is settled at its start: nothing that happens meanwhile leads it to
// another.
#include <filesystem>
#include <fstream>

#include "cli/json.h"
#include "cli/notes.h"
#include "dbkeeper/base/url.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string ids_in(const fs::path& file) {
  const Run rows = run({file.string(), "SELECT group_concat(id, ' ') FROM note"},
                       {.binary = "/usr/bin/sqlite3"});
  return rows.out.substr(0, rows.out.find('\n'));
}

// a.db with the notes 1 and 2, b.db with the note 7, and cur.db, which leads to a.db.
struct TwoFiles {
  TwoFiles() {
    fs::copy(one_.path(), a());
    fs::copy(other_.path(), b());
    fs::create_symlink("a.db", folder / "cur.db");
    folder.write(".env", "DATABASE_URL=sqlite:///a.db\n");
  }
  Run call(Words words) const { return run(std::move(words), {.cwd = folder.path()}); }
  Run migrate(Words words, const std::string& script) const {
    words.insert(words.begin(), "migrate");
    words.insert(words.end(), {"--", "sh", "-c", script});
    return call(std::move(words));
  }
  fs::path a() const { return folder / "a.db"; }
  fs::path b() const { return folder / "b.db"; }

  ScratchFolder folder;

 private:
  ScratchSqlite one_{kNotes};
  ScratchSqlite other_{
      "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
      "INSERT INTO note VALUES (7, 'seven');"};
};

constexpr const char* kBreak = "sqlite3 a.db 'DELETE FROM note'; exit 1";

}  // namespace

TEST_CASE("a command that rewrites .env has its own database put back, and no other") {
  const TwoFiles files;
  const Run failed = files.migrate(
      {"--auto-restore"}, std::string("echo DATABASE_URL=sqlite:///b.db > .env; ") + kBreak);
  INFO(failed.err << failed.out);
  CHECK(failed.exit == 1);
  CHECK(ids_in(files.a()) == "1 2");
  CHECK(ids_in(files.b()) == "7");
}

TEST_CASE("a command that moves the link to its database has that put back, and no other") {
  const TwoFiles files;
  const Run failed = files.migrate({"--auto-restore", "--db", "cur.db"},
                                   std::string("ln -sf b.db cur.db; ") + kBreak);
  INFO(failed.err << failed.out);
  CHECK(failed.exit == 1);
  CHECK(ids_in(files.a()) == "1 2");
  CHECK(ids_in(files.b()) == "7");
}

TEST_CASE("the command that undoes a run names what the run was about") {
  const TwoFiles files;
  const Run failed =
      files.migrate({}, "echo DATABASE_URL=sqlite:///b.db > .env; sqlite3 a.db 'DELETE FROM note'");
  INFO(failed.err << failed.out);
  REQUIRE(failed.exit == 0);
  const std::string undo = "dbkeeper restore --undo --db " + files.a().string();
  CHECK(contains(failed.out, undo));
  CHECK(files.call({"restore", "--undo", "--yes", "--db", files.a().string()}).exit == 0);
  CHECK(ids_in(files.a()) == "1 2");
}

TEST_CASE("another database under the target's own path is left alone") {
  const std::string make = GENERATE("ln -sf b.db a.db", "ln -f b.db a.db");
  const TwoFiles files;
  const Run failed =
      files.migrate({"--auto-restore", "--lock-timeout", "100ms"}, make + "; exit 1");
  INFO(make << ": " << failed.err << failed.out);
  CHECK(failed.exit == 8);
  CHECK(contains(failed.err, "since this run began"));
  CHECK(ids_in(files.b()) == "7");
}

TEST_CASE("a file that a command has written anew under the target's path is the target") {
  const TwoFiles files;
  const Run failed = files.migrate(
      {"--auto-restore"},
      "sqlite3 new.db 'CREATE TABLE other (id INTEGER PRIMARY KEY)' && mv new.db a.db; exit 1");
  INFO(failed.err << failed.out);
  CHECK(failed.exit == 1);
  CHECK(ids_in(files.a()) == "1 2");
}

TEST_CASE("a link that is moved while an import waits for its rows leads it nowhere else") {
  const TwoFiles files;
  REQUIRE(files.call({"export", "-o", "rows.json", "--db", "b.db"}).exit == 0);
  const Run imported =
      run({"-c", "{ sleep 1; ln -sf b.db cur.db; cat rows.json; } | '" + dbkeeper_binary() +
                     "' import - --mode clean --yes --db cur.db"},
          {.cwd = files.folder.path(), .binary = "/bin/bash"});
  INFO(imported.err << imported.out);
  CHECK(imported.exit == 0);
  CHECK(ids_in(files.a()) == "7");
  CHECK(ids_in(files.b()) == "7");

  // The same link leads elsewhere now: what to take back nobody can tell.
  const Run refused = files.call({"restore", "--undo", "--yes", "--db", "cur.db"});
  CHECK(refused.exit == 7);
  CHECK(contains(refused.err, "a.db"));
  CHECK(contains(refused.err, "b.db"));
  CHECK(ids_in(files.b()) == "7");
  const Run undone = files.call({"restore", "--undo", "--yes", "--db", "a.db"});
  INFO(undone.err);
  CHECK(undone.exit == 0);
  CHECK(ids_in(files.a()) == "1 2");
}

TEST_CASE("a restore through a link is taken back by the link or by the file's own name") {
  const std::string name = GENERATE("cur.db", "a.db");
  const TwoFiles files;
  REQUIRE(files.call({"backup", "--db", "cur.db"}).exit == 0);
  REQUIRE(files.call({"restore", "--latest", "--yes", "--to", "cur.db"}).exit == 0);
  const Run undone = files.call({"restore", "--undo", "--yes", "--db", name});
  INFO(undone.err);
  CHECK(undone.exit == 0);
}

TEST_CASE("a line of .env that makes no sense is told once") {
  const TwoFiles files;
  files.folder.write(".env", "DATABASE_URL=sqlite:///a.db\nno sense\n");
  const Run done = files.migrate({}, "sqlite3 a.db 'DELETE FROM note WHERE id = 2'");
  INFO(done.err);
  CHECK(done.exit == 0);
  CHECK(count_of(done.err, ".env line 2") == 1);
}

TEST_CASE("a service file that a command rewrites leads to no other database") {
  ScratchPostgres one(kNotes), other(kNotes);
  const ScratchFolder folder;
  const auto url = dbkeeper::parse_url(one.url());
  const auto services = [&](const std::string& database) {
    return "[shop]\nhost=" + url->hosts[0].first + "\nport=" + url->hosts[0].second +
           "\nuser=" + url->user + "\ndbname=" + database + "\n";
  };
  const std::string file = folder.write("services", services(one.name())).string();
  folder.write("rewritten", services(other.name()));
  const bool by_variable = GENERATE(true, false);
  RunOptions how{.env = {{"PGSERVICEFILE", file}}, .cwd = folder.path()};
  if (by_variable) how.env["PGSERVICE"] = "shop";
  Words words = {"migrate", "--auto-restore"};
  if (!by_variable) words.insert(words.end(), {"--db", "service=shop"});
  words.insert(words.end(), {"--", "sh", "-c",
                             "[ \"$PGSERVICE\" = '" + std::string(by_variable ? "shop" : "") +
                                 "' ] || exit 2; cat rewritten > services; '" +
                                 (postgres_programs() / "psql").string() + "' -X -q -d '" +
                                 one.url() + "' -c 'DELETE FROM note WHERE id = 1'; exit 1"});
  const Run failed = run(words, how);
  INFO(failed.err << failed.out);
  CHECK(failed.exit == 1);
  CHECK(one.query("SELECT count(*) FROM note") == "2");
  CHECK(other.query("SELECT count(*) FROM note") == "2");
  CHECK(other.query("SELECT count(*) FROM pg_database WHERE datname LIKE '" + other.name() +
                    "\\_before\\_%'") == "0");
  for (const ScratchPostgres* each : {&one, &other}) {
    const std::string aside = other.query("SELECT datname FROM pg_database WHERE datname LIKE '" +
                                          each->name() + "\\_before\\_%'");
    if (!aside.empty()) other.exec("DROP DATABASE \"" + aside + "\"");
  }
  if (by_variable) return;
  const Run refused = run({"restore", "--undo", "--yes", "--db", "service=shop"}, how);
  INFO(refused.err);
  CHECK(refused.exit == 7);
  CHECK(contains(refused.err, one.name()));
  CHECK(contains(refused.err, other.name()));
}
