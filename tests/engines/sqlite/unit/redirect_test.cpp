#include "dbkeeper/engines/redirect.h"

#include <filesystem>

#include "engines/redirector.h"
#include "support/catch.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

namespace fs = std::filesystem;

// A project with its database, worked in as long as this lives.
class Project {
 public:
  explicit Project(const std::string& database) : before_(fs::current_path()) {
    folder_.write(database, "");
    live_ = "sqlite:///" + (folder_ / database).string();
    fs::current_path(folder_.path());
  }
  ~Project() { fs::current_path(before_); }

  const ScratchFolder& folder() const { return folder_; }
  const std::string& live() const { return live_; }
  std::string scratch() const { return (folder_ / "scratch.db").string(); }

  Redirection redirected(const Variables& environment,
                         const std::vector<std::string>& words = {}) const {
    return redirect(live_, "sqlite:///" + scratch(), {environment, words});
  }
  // What becomes of a variable's value; "-": it isn't touched.
  std::string becomes(const std::string& value) const {
    const Redirection out = redirected({{"X", value}});
    const std::string* now = find_variable(out.set, "X");
    return now ? *now : "-";
  }

 private:
  ScratchFolder folder_;
  fs::path before_;
  std::string live_;
};

}  // namespace

TEST_CASE("an address of the live file leads to the scratch one in its own dialect") {
  const Project project("app.db");
  const std::string scratch = project.scratch(), live = (project.folder() / "app.db").string();
  CHECK(project.becomes("sqlite:///app.db") == "sqlite:///" + scratch);
  CHECK(project.becomes("sqlite:///" + live) == "sqlite:///" + scratch);
  CHECK(project.becomes("sqlite+aiosqlite:///./app.db?timeout=5") ==
        "sqlite+aiosqlite:///" + scratch + "?timeout=5");
  CHECK(project.becomes("sqlite:app.db") == "sqlite:" + scratch);
  CHECK(project.becomes("sqlite://app.db") == "sqlite:///" + scratch);
  CHECK(project.becomes("file:./app.db?connection_limit=1") ==
        "file:" + scratch + "?connection_limit=1");
  CHECK(project.becomes("file://" + live) == "file://" + scratch);
  CHECK(project.becomes("jdbc:sqlite:app.db") == "jdbc:sqlite:" + scratch);
  CHECK(project.becomes("sqlite:///file:app.db?uri=true") ==
        "sqlite:///file:" + scratch + "?uri=true");
  CHECK(project.becomes("app.db") == scratch);
  CHECK(project.becomes("./app.db") == scratch);
  CHECK(project.becomes(live) == scratch);
}

TEST_CASE("the notations of sqitch, of Perl's DBI and of .NET are an address as well") {
  const Project project("app.db");
  const std::string scratch = project.scratch();
  CHECK(project.becomes("db:sqlite:app.db") == "db:sqlite:" + scratch);
  CHECK(project.becomes("dbi:SQLite:dbname=app.db") == "dbi:SQLite:dbname=" + scratch);
  CHECK(project.becomes("Data Source=app.db;Cache=Shared") ==
        "Data Source=" + scratch + ";Cache=Shared");
  CHECK(project.becomes("db:sqlite:other.db") == "-");
  CHECK(project.redirected({}, {"sqitch", "deploy", "db:sqlite:app.db"}).leads);
  CHECK_FALSE(project.redirected({}, {"manage.py", "migrate"}).leads);
}

TEST_CASE("a link to the live file is the live file") {
  const Project project("app.db");
  fs::create_symlink(project.folder() / "app.db", project.folder() / "link.db");
  CHECK(project.becomes("sqlite:///link.db") == "sqlite:///" + project.scratch());
}

TEST_CASE("another file, and what is no file, stay what they are") {
  const Project project("app.db");
  project.folder().write("other.db", "");
  for (const char* value : {"sqlite:///other.db", "other.db", "gone.db", "sqlite://", ":memory:",
                            "sqlite:///:memory:", "app", "sqlite3", "", "postgresql://h/app.db"})
    CHECK(project.becomes(value) == "-");
}

TEST_CASE("a file where Prisma and Flask keep it is found by their addresses") {
  const Project prisma("prisma/dev.db");
  CHECK(prisma.becomes("file:./dev.db") == "file:" + prisma.scratch());
  const Project flask("instance/app.db");
  CHECK(flask.becomes("sqlite:///app.db") == "sqlite:///" + flask.scratch());
}

TEST_CASE("the addresses that clients look at are set where they are missing") {
  const Project project("app.db");
  const auto out = project.redirected({{"DB_PATH", "app.db"}});
  CHECK(*find_variable(out.set, "DATABASE_URL") == "sqlite:///" + project.scratch());
  CHECK(*find_variable(out.set, "DBKEEPER_URL") == "sqlite:///" + project.scratch());
  CHECK(find_variable(out.set, "PGDATABASE") == nullptr);
  CHECK(out.found == std::vector<std::string>{"DB_PATH"});
  CHECK(out.unset.empty());
}

TEST_CASE("words that are the live file's path are rewritten, within a shell's line too") {
  const Project project("app.db");
  const std::string scratch = project.scratch();
  using Words = std::vector<std::string>;
  CHECK(project.redirected({}, {"sqlite3", "app.db", ".read m.sql"}).words ==
        Words{"sqlite3", scratch, ".read m.sql"});
  CHECK(project.redirected({}, {"sh", "-c", "sqlite3 app.db < app.sql"}).words[2] ==
        "sqlite3 " + scratch + " < app.sql");
  CHECK(project.redirected({}, {"tool", "--db=app.db"}).words[1] == "--db=" + scratch);
}

TEST_CASE("a path with a blank in it is one word") {
  const Project project("x/a b.db");
  const std::string scratch = project.scratch();
  using Words = std::vector<std::string>;
  CHECK(project.redirected({}, {"sqlite3", "x/a b.db", "create table b(x)"}).words ==
        Words{"sqlite3", scratch, "create table b(x)"});
  CHECK(project.redirected({}, {"tool", "--db=x/a b.db"}).words[1] == "--db=" + scratch);
  CHECK(project.redirected({}, {"sh", "-c", "sqlite3 'x/a b.db' 'select 1'"}).words[2] ==
        "sqlite3 '" + scratch + "' 'select 1'");
}

TEST_CASE("what an address can't hold of the scratch file's path is escaped in it") {
  const Project project("app.db");
  const std::string scratch = (project.folder() / "a?b#c.db").string();
  const std::string escaped = (project.folder() / "a%3Fb%23c.db").string();
  const auto becomes = [&](const std::string& value) {
    const auto out = redirect(project.live(), scratch, {{{"X", value}}, {}});
    return *find_variable(out.set, "X");
  };
  CHECK(becomes("app.db") == scratch);
  CHECK(becomes("file:app.db?mode=rw") == "file:" + escaped + "?mode=rw");
  CHECK(becomes("sqlite:///app.db") == "sqlite:///file:" + escaped + "?uri=true");
  CHECK(becomes("sqlite:///app.db?timeout=5") ==
        "sqlite:///file:" + escaped + "?timeout=5&uri=true");
}

TEST_CASE("files that name the database's file are found") {
  const Project project("app.db");
  project.folder().write("alembic.ini", "sqlalchemy.url = sqlite:///app.db\n");
  project.folder().write("settings.py", "'NAME': BASE_DIR / 'app.db',\n");
  project.folder().write("other.py", "'NAME': BASE_DIR / 'my-app.db',\n");
  project.folder().write("schema.prisma", "url = \"file:./dev.db\"\n");
  CHECK(files_that_name(project.live(), project.folder().path()) ==
        std::vector<std::string>{"alembic.ini", "settings.py"});
}

}  // namespace dbkeeper::testing
