// A server that isn't up yet, or never will be.
#include <chrono>
#include <filesystem>

#include "cli/json.h"
#include "dbkeeper/base/url.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;
namespace fs = std::filesystem;

namespace {

// A folder in which the server's socket appears once open() is called.
class LateServer {
 public:
  std::string address() const {
    return "host=" + folder_.path().string() + " port=5432 user=postgres dbname=" + database.name();
  }
  void open() {
    const std::string port = dbkeeper::parse_url(database.url())->hosts[0].second;
    const std::string sockets =
        database.query("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)");
    fs::create_symlink(fs::path(sockets) / (".s.PGSQL." + port), folder_ / ".s.PGSQL.5432");
  }

  ScratchPostgres database{"CREATE TABLE t(id int PRIMARY KEY)"};

 private:
  ScratchFolder folder_;
};

}  // namespace

TEST_CASE("with --wait a server that comes up late is waited for") {
  LateServer server;
  for (const bool is_up : {false, true}) {
    Running running({"check", "--wait", "50s", "--db", server.address()});
    if (!is_up) {
      running.wait_for("waiting for the server at ");
      server.open();
    }
    const Run result = running.wait();
    CHECK(result.exit == 0);
    CHECK_THAT(result.out, contains("ok"));
    CHECK((result.err.find("waiting") == std::string::npos) == is_up);
  }
}

TEST_CASE("with --wait a server that doesn't come is given up, and one that refuses at once") {
  const LateServer server;
  const Run absent = run({"check", "--wait", "1s", "--db", server.address()});
  CHECK(absent.exit == 3);
  CHECK_THAT(absent.err, contains("No such file") && contains("has not come up"));
  CHECK_THAT(run({"check", "--db", server.address()}).err, !contains("waiting"));
  // What waiting doesn't change.
  const auto begin = std::chrono::steady_clock::now();
  const Run refused = run({"check", "--wait", "10m", "--db", server.database.url() + "_other"});
  CHECK(refused.exit == 3);
  CHECK_THAT(refused.err, contains("does not exist") && !contains("waiting"));
  CHECK(run({"check", "--wait", "10m", "--db", "absent.db"}).exit == 3);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::minutes(1));
}

TEST_CASE("the time to wait may stand in the config file, and is checked") {
  const ScratchFolder folder;
  folder.write("dbkeeper.toml", "wait = \"90s\"\n");
  CHECK_THAT(run({"config"}, {.cwd = folder.path()}).out, contains("90s"));
  const Run bad = run({"check", "--wait", "long"});
  CHECK(bad.exit == 2);
  CHECK_THAT(bad.err, contains("'long' is not a duration"));
}

TEST_CASE("a connection that fails says where the address came from") {
  const std::string url = "postgresql://bob:s3cret@127.0.0.1:1/shop";
  const ScratchFolder folder;
  const auto check = [&](RunOptions options, std::vector<std::string> words = {"check"}) {
    options.cwd = folder.path();
    const Run result = run(std::move(words), options);
    CHECK(result.exit == 3);
    CHECK_THAT(result.err, !contains("s3cret"));
    return result.err;
  };
  const auto names = [](const std::string& origin) {
    return contains("  while: working with the database that " + origin + " names\n");
  };
  CHECK_THAT(check({}, {"check", "--db", url}), names("--db"));
  CHECK_THAT(check({.env = {{"DATABASE_URL", url}}}), names("DATABASE_URL"));
  CHECK_THAT(check({.env = {{"POSTGRES_HOST", "127.0.0.1"}, {"POSTGRES_PORT", "1"}}}),
             names("POSTGRES_HOST"));
  CHECK_THAT(check({.env = {{"DATABASE_URL", "absent.db"}}}), names("DATABASE_URL"));
  CHECK_THAT(check({.env = {{"DATABASE_URL", url}}}, {"migrate", "--", "true"}),
             names("DATABASE_URL"));
  CHECK_THAT(check({}, {"diff", url, url}), names("the command line"));
  folder.write("dbkeeper.toml", "db = \"" + url + "\"\n");
  CHECK_THAT(check({}), names("dbkeeper.toml:1"));
  folder.write(".env", "DATABASE_URL=" + url + "\n");
  CHECK_THAT(check({}), names("DATABASE_URL in .env"));
  const Run json = run({"check", "--json"}, {.cwd = folder.path()});
  CHECK(report_of(json)["error"]["while"][0] ==
        "working with the database that DATABASE_URL in .env names");
}
