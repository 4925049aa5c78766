#include "cli/address.h"

#include "dbkeeper/base/error.h"
#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;
using dbkeeper::testing::contains;
using dbkeeper::testing::ScratchFolder;

namespace {

struct Sources {
  std::string option = {};
  Environment environment = {};
  Environment env_file = {};
  std::optional<Address> config = {};
};

std::optional<Address> find(const Sources& sources) {
  Redactor redactor;
  return find_address(
      {sources.option, sources.environment, [&] { return sources.env_file; }, sources.config},
      redactor);
}

// "address from origin"
std::string found(const Sources& sources) {
  const auto address = find(sources);
  return address ? address->text + " from " + address->origin : "nothing";
}

}  // namespace

TEST_CASE("the database is looked for from the most to the least explicit place") {
  Sources sources{"option",
                  {{"DBKEEPER_URL", "own"},
                   {"DATABASE_URL", "common"},
                   {"POSTGRES_DB", "shop"},
                   {"PGHOST", "h"}},
                  {{"DBKEEPER_URL", "file"}},
                  Address{"config", "dbkeeper.toml:1"}};
  CHECK(found(sources) == "option from --db");
  sources.option.clear();
  CHECK(found(sources) == "own from DBKEEPER_URL");
  sources.environment.erase("DBKEEPER_URL");
  CHECK(found(sources) == "common from DATABASE_URL");
  sources.environment.erase("DATABASE_URL");
  CHECK(found(sources) == "user='postgres' dbname='shop' from POSTGRES_DB");
  sources.environment.erase("POSTGRES_DB");
  CHECK(found(sources) == "postgresql:// from PGHOST");
  sources.environment.erase("PGHOST");
  CHECK(found(sources) == "file from DBKEEPER_URL in .env");
  sources.env_file.clear();
  CHECK(found(sources) == "config from dbkeeper.toml:1");
  sources.config.reset();
  CHECK(found(sources) == "nothing");
}

TEST_CASE("an empty variable counts as unset") {
  CHECK(found({.environment = {{"DBKEEPER_URL", ""}, {"DATABASE_URL", "b"}}}) ==
        "b from DATABASE_URL");
  CHECK(found({.environment = {{"POSTGRES_HOST", ""}}}) == "nothing");
}

TEST_CASE("the variables of the official image make an address") {
  CHECK(found({.environment = {{"POSTGRES_HOST", "db"},
                               {"POSTGRES_PORT", "5433"},
                               {"POSTGRES_USER", "bob"},
                               {"POSTGRES_PASSWORD", "it's \\ a secret"}}}) ==
        "host='db' port='5433' password='it\\'s \\\\ a secret' user='bob' dbname='bob' from "
        "POSTGRES_HOST");
  CHECK(found({.environment = {{"POSTGRES_PORT", "5433"}, {"POSTGRES_PASSWORD", "x"}}}) ==
        "nothing");
}

TEST_CASE("what the environment lacks is completed from .env") {
  CHECK(found({.environment = {{"POSTGRES_HOST", "db"}},
               .env_file = {{"POSTGRES_HOST", "other"},
                            {"POSTGRES_PASSWORD", "pw"},
                            {"DATABASE_URL", "not this"}}}) ==
        "host='db' password='pw' user='postgres' dbname='postgres' from POSTGRES_HOST");
  CHECK(found({.environment = {{"PGHOST", "h"}}, .env_file = {{"PGPASSWORD", "pw"}}}) ==
        "password='pw' from PGHOST");
  CHECK(found({.env_file = {{"PGHOST", "h"}, {"PGPORT", "1"}}}) ==
        "host='h' port='1' from PGHOST in .env");
}

TEST_CASE(".env is not even read where the environment names a URL") {
  Redactor redactor;
  const Environment environment = {{"DATABASE_URL", "a"}};
  bool read = false;
  const auto env_file = [&] { return read = true, Environment(); };
  CHECK(find_address({"", environment, env_file, {}}, redactor)->text == "a");
  CHECK_FALSE(read);
}

TEST_CASE("a variable may name a file that holds the value") {
  const ScratchFolder folder;
  const std::string path = folder.write("secret", "postgres://u:p@h/d\n").string();
  CHECK(found({.environment = {{"DATABASE_URL_FILE", path}}}) ==
        "postgres://u:p@h/d from DATABASE_URL_FILE");
  CHECK(found({.env_file = {{"DBKEEPER_URL_FILE", path}}}) ==
        "postgres://u:p@h/d from DBKEEPER_URL_FILE in .env");
  const std::string password = folder.write("password", "hush\r\n").string();
  CHECK(found({.environment = {{"POSTGRES_USER", "u"}, {"POSTGRES_PASSWORD_FILE", password}}}) ==
        "password='hush' user='u' dbname='u' from POSTGRES_USER");
}

TEST_CASE("a variable and its file at once, or an unreadable file, are wrong") {
  CHECK_THROWS_WITH(find({.environment = {{"DATABASE_URL", "a"}, {"DATABASE_URL_FILE", "b"}}}),
                    "both DATABASE_URL and DATABASE_URL_FILE are set");
  CHECK_THROWS_WITH(find({.env_file = {{"DATABASE_URL", "a"}, {"DATABASE_URL_FILE", "b"}}}),
                    "both DATABASE_URL and DATABASE_URL_FILE are set in .env");
  CHECK(found({.environment = {{"DATABASE_URL", "a"}}, .env_file = {{"DATABASE_URL_FILE", "b"}}}) ==
        "a from DATABASE_URL");
  try {
    find({.environment = {{"DATABASE_URL_FILE", "/nowhere/at/all"}}});
    FAIL("an absent file was accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.message() == "cannot read /nowhere/at/all: No such file or directory");
    CHECK_THAT(error.context().at(0), contains("DATABASE_URL_FILE"));
  }
}

TEST_CASE("every secret on the way is known to the redactor") {
  const ScratchFolder folder;
  const Environment environment = {
      {"POSTGRES_USER", "bob"},
      {"POSTGRES_PASSWORD_FILE", folder.write("password", "MountedSecret1\n").string()},
      {"PGPASSWORD", "LibpqSecret1"}};
  Redactor redactor;
  const auto env_file = [] { return Environment{{"PGPASSWORD", "FileSecret1"}}; };
  find_address({"", environment, env_file, {}}, redactor);
  CHECK(redactor("MountedSecret1 LibpqSecret1 FileSecret1 bob") == "*** *** *** bob");
}
