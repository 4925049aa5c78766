// Which schemas SQLite trusts: what stands in the user's own database runs as the application has
// it, a file from elsewhere may call nothing that does more than compute.
#include <fstream>
#include <sstream>

#include "engines/sqlite/connection.h"
#include "support/catch.h"
#include "support/open.h"
#include "support/scratch.h"

namespace dbkeeper::testing {
namespace {

bool trusts_schema(sqlite::Connection& connection) {
  int trusted = -1;
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1, &trusted);
  return trusted != 0;
}

sqlite::Location location_of(const ScratchSqlite& scratch) {
  return sqlite::locate(sqlite::parse_address(scratch.url()));
}

// Before 3.41 an untrusted schema couldn't be read where it calls functions of JSON.
const bool kCanDistrust = sqlite3_libversion_number() >= 3041000;

}  // namespace

TEST_CASE("the schema of what is written is trusted, that of what is only read isn't") {
  const ScratchSqlite scratch("CREATE TABLE t(a TEXT CHECK(json_valid(a)))");
  const sqlite::Location location = location_of(scratch);
  sqlite::Connection own(location, open_options(Access::write));
  CHECK(trusts_schema(own));
  own.run("INSERT INTO t VALUES ('{}')");
  sqlite::Connection foreign(location, open_options(Access::read));
  CHECK(trusts_schema(foreign) != kCanDistrust);
  CHECK(foreign.number("SELECT count(*) FROM t WHERE json_valid(a)") == 1);
}

TEST_CASE("the schema of an image, as it is verified, drilled and imported, isn't trusted") {
  const ScratchSqlite scratch("CREATE TABLE t(a)");
  sqlite::ImageFile image({sqlite::temporary_folder(), "an image", "", ""});
  std::ostringstream bytes;
  bytes << std::ifstream(scratch.path(), std::ios::binary).rdbuf();
  image.append(bytes.str());
  sqlite::Connection connection(image, scratch.path(), open_options(Access::read));
  CHECK(trusts_schema(connection) != kCanDistrust);
}

}  // namespace dbkeeper::testing
