// How a database is named, from the outside: option, environment, .env, config file.
#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;

namespace {

nlohmann::json setting(const Run& result, std::string_view name) {
  const nlohmann::json report = report_of(result);
  for (const auto& item : report["result"]["settings"])
    if (item["name"] == name && !item.contains("command")) return item;
  throw std::runtime_error("no such setting");
}

// "value from origin" of a global setting.
std::string shown(std::string_view name, RunOptions options, std::vector<std::string> words = {}) {
  words.insert(words.begin(), {"config", "--json"});
  const auto item = setting(run(std::move(words), std::move(options)), name);
  return item.value("value", "-") + " from " + item["origin"].get<std::string>();
}

}  // namespace

TEST_CASE("a database can be named in each of the ways, and opened") {
  const ScratchSqlite database("CREATE TABLE users(id INTEGER PRIMARY KEY)", "app.db");
  const std::filesystem::path folder = database.folder().path();
  const std::string url = database.url();
  CHECK(run({"inspect", "--db", url}).exit == 0);
  CHECK(run({"--db", url, "inspect"}).exit == 0);
  CHECK(run({"inspect"}, {.env = {{"DBKEEPER_URL", url}}}).exit == 0);
  CHECK(run({"inspect"}, {.env = {{"DATABASE_URL", url}}}).exit == 0);
  const auto secret = database.folder().write("secret", url + "\n").string();
  CHECK(run({"inspect"}, {.env = {{"DATABASE_URL_FILE", secret}}}).exit == 0);

  database.folder().write(".env", "# local\nexport DATABASE_URL=\"" + url + "\"\n");
  CHECK(run({"inspect"}, {.cwd = folder}).exit == 0);
  CHECK(run({"inspect", "--no-env-file"}, {.cwd = folder}).exit == 2);
  database.folder().write(".env", "");
  database.folder().write("dbkeeper.toml", "db = \"app.db\"\n");
  CHECK(run({"inspect"}, {.cwd = folder}).exit == 0);
  const auto config = (folder / "dbkeeper.toml").string();
  CHECK(run({"inspect", "--config", config, "--db", url}).exit == 0);
}

TEST_CASE("config tells where the database is named, and hides the password") {
  const ScratchFolder folder;
  folder.write(".env", "DATABASE_URL=postgres://u:EnvFile1@h/d\n");
  folder.write("dbkeeper.toml", "db = \"postgres://u:Config1@h/d\"\n");
  const auto options = [&](std::map<std::string, std::string> env) {
    return RunOptions{.env = std::move(env), .cwd = folder.path()};
  };
  CHECK(shown("db", options({}), {"--db", "postgres://u:Option1@h/d"}) ==
        "postgres://u:***@h/d from --db");
  CHECK(shown("db", options({{"DBKEEPER_URL", "postgres://u:Env1@h/d"}})) ==
        "postgres://u:***@h/d from DBKEEPER_URL");
  CHECK(shown("db", options({})) == "postgres://u:***@h/d from DATABASE_URL in .env");
  CHECK(shown("db", options({}), {"--no-env-file"}) == "postgres://u:***@h/d from dbkeeper.toml:1");
  CHECK(shown("db", {}) == "- from not set");
  CHECK_THAT(run({"config"}, options({})).out, !contains("EnvFile1") && !contains("Config1"));
}

TEST_CASE("option beats environment beats config file beats default") {
  const ScratchFolder folder;
  const RunOptions plain{.cwd = folder.path()};
  CHECK(shown("dir", plain) == "./backups from default");
  folder.write("dbkeeper.toml", "dir = \"/from/file\"\n");
  CHECK(shown("dir", plain) == "/from/file from dbkeeper.toml:1");
  const RunOptions with_variable{.env = {{"DBKEEPER_BACKUP_DIR", "/from/env"}},
                                 .cwd = folder.path()};
  CHECK(shown("dir", with_variable) == "/from/env from DBKEEPER_BACKUP_DIR");
  CHECK(shown("dir", with_variable, {"--dir", "/from/option"}) == "/from/option from --dir");
}

TEST_CASE("the config file sets a command's options, and its mistakes are exit 2") {
  const ScratchSqlite database("CREATE TABLE users(id INTEGER PRIMARY KEY)");
  const ScratchFolder& folder = database.folder();
  folder.write("dbkeeper.toml", "db = \"test.db\"\njson = true\n[inspect]\nformat = \"json\"\n");
  CHECK(report_of(run({"inspect"}, {.cwd = folder.path()}))["ok"] == true);
  folder.write("dbkeeper.toml", "nonsense = 1\n");
  const Run wrong = run({"inspect", "--db", database.url()}, {.cwd = folder.path()});
  CHECK(wrong.exit == 2);
  CHECK_THAT(wrong.err, contains("error: dbkeeper.toml:1: unknown key 'nonsense'"));
  CHECK(run({"help"}, {.cwd = folder.path()}).exit == 0);
  CHECK(run({"completion", "bash"}, {.cwd = folder.path()}).exit == 0);
}

TEST_CASE("a password in a config file that others can read is warned of") {
  const ScratchFolder folder;
  const auto path = folder.write("dbkeeper.toml", "db = \"postgres://u:Config1@h/d\"\n");
  namespace fs = std::filesystem;
  fs::permissions(path, fs::perms::owner_read | fs::perms::others_read);
  CHECK_THAT(run({"config"}, {.cwd = folder.path()}).err, contains("other users can read it"));
  fs::permissions(path, fs::perms::owner_read);
  CHECK(run({"config"}, {.cwd = folder.path()}).err.empty());
}

TEST_CASE("a malformed line of .env is a warning without its content") {
  const ScratchFolder folder;
  folder.write(".env", "DATABASE_URL=absent.db\ns3cret line\n");
  const Run result = run({"check", "--json"}, {.cwd = folder.path()});
  CHECK(result.exit == 3);
  CHECK_THAT(result.err, contains("warning: .env line 2 ") && !contains("s3cret"));
  CHECK(report_of(result)["warnings"].size() == 1);
}

TEST_CASE("a folder named .env is not a .env file") {
  const ScratchFolder folder;
  folder.write(".env/bin/python", "");
  CHECK(run({"config"}, {.cwd = folder.path()}).err.empty());
}

TEST_CASE("a variable and its _FILE at once is exit 2") {
  const Run result = run({"check"}, {.env = {{"DATABASE_URL", "a"}, {"DATABASE_URL_FILE", "b"}}});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, contains("both DATABASE_URL and DATABASE_URL_FILE are set"));
}

TEST_CASE("a password never appears in what a failed connection leaves") {
  for (const std::string url : {"postgresql://bob:Hush%41Hush@127.0.0.1:1/x",
                                "host=127.0.0.1 port=1 user=bob password='HushAHush'"}) {
    for (const std::string format : {"text", "json"}) {
      const Run result = run({"check", "-v", "--json", "--log-format", format, "--db", url});
      CHECK(result.exit == 3);
      CHECK_THAT(result.out + result.err, !contains("HushAHush") && !contains("Hush%41Hush"));
    }
  }
}
