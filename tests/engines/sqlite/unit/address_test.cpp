#include "dbkeeper/base/error.h"
#include "engines/sqlite/location.h"
#include "support/catch.h"

namespace dbkeeper::sqlite {

TEST_CASE("SQLite's schemes and bare paths are SQLite's") {
  for (const char* address :
       {"sqlite:///x.db", "SQLITE:///x.db", "sqlite3:x.db", "sqlite+aiosqlite:///x.db",
        "sqlite+pysqlite:////x.db", "file:./x.db", "x.db", "/srv/x.db", "./a:b.db", "ü.db"}) {
    INFO(address);
    CHECK(is_address(address));
  }
  for (const char* address : {"postgresql://h/x", "mysql://h/x", "sqlserver://h/x"}) {
    INFO(address);
    CHECK_FALSE(is_address(address));
  }
}

TEST_CASE("every way to write an address names the same file") {
  const std::pair<const char*, const char*> addresses[] = {
      {"sqlite:///relative.db", "relative.db"},
      {"sqlite:////srv/absolute.db", "/srv/absolute.db"},
      {"sqlite+aiosqlite:///x.db", "x.db"},
      {"sqlite:x.db", "x.db"},
      {"sqlite:/srv/x.db", "/srv/x.db"},
      {"sqlite:./x.db", "./x.db"},
      {"sqlite://x.db", "x.db"},
      {"sqlite3:db/x.sqlite3", "db/x.sqlite3"},
      {"sqlite:///file:data/x.db?mode=rw&uri=true", "data/x.db"},
      {"file:./dev.db", "./dev.db"},
      {"file:dev.db?connection_limit=1", "dev.db"},
      {"file:/srv/dev.db", "/srv/dev.db"},
      {"file:///srv/dev.db", "/srv/dev.db"},
      {"file://localhost/srv/dev.db", "/srv/dev.db"},
      {"file:my%20app.db", "my app.db"},
      {"plain name.db", "plain name.db"},
      {"what?.db", "what?.db"},
  };
  for (const auto& [address, path] : addresses) {
    INFO(address);
    CHECK(parse_address(address).path.string() == path);
  }
}

TEST_CASE("percent escapes stay in an sqlite: address, with the decoded name in reserve") {
  const Address address = parse_address("sqlite:///my%20app.db");
  CHECK(address.path == "my%20app.db");
  CHECK(address.decoded == "my app.db");
  CHECK(parse_address("sqlite:///app.db").decoded.empty());
}

TEST_CASE("of the parameters only mode counts, the others are named") {
  CHECK(parse_address("file:x.db?mode=ro").read_only);
  CHECK_FALSE(parse_address("file:x.db?mode=rwc").read_only);
  const Address address = parse_address("file:x.db?connection_limit=1&mode=ro&cache=shared&&x");
  CHECK(address.read_only);
  CHECK(address.dropped == std::vector<std::string>{"connection_limit", "cache", "x"});
}

TEST_CASE("an address without a file is refused as wrong usage") {
  for (const char* address :
       {"", "sqlite:", "sqlite://", "sqlite:///", "file:", ":memory:", "sqlite:///:memory:",
        "sqlite::memory:", "file::memory:", "file:x?mode=memory", "file://server/x.db",
        "sqlite://ann:secret@host/x.db", "file:x%00.db"}) {
    INFO(address);
    try {
      parse_address(address);
      FAIL("it was accepted");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      CHECK_FALSE(error.hint().empty());
      CHECK(error.message().find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("an absolute URL has four slashes") {
  CHECK(url_of("/srv/app.db") == "sqlite:////srv/app.db");
  CHECK(url_of("/srv/my app.db") == "sqlite:////srv/my app.db");
}

TEST_CASE("the URL of any path leads back to exactly that path") {
  for (const std::string name :
       {"app.db", "a b.db", "a?b.db",      "a?mode=memory", "a#b.db",   "a%41.db", "100%.db",
        "%3F",    "?",      "a?b#c%d&e=f", "file:x.db",     "a:b@c.db", "sqlite:", "'",
        "\"",     "\\",     "\n",          "ä.db",          "-x",       "~",       "x.db?",
        "//x.db", "a+b.db"})
    for (const std::string folder : {"/", "/srv/", "/sr?v/", "/50%/", "//srv/", "/file:/"}) {
      const std::string path = folder + name;
      INFO(path);
      const Address address = parse_address(url_of(path));
      CHECK(address.path.string() == path);
      CHECK(address.decoded.empty());
      CHECK(address.dropped.empty());
      CHECK_FALSE(address.read_only);
      CHECK(is_address(url_of(path)));
    }
}

}  // namespace dbkeeper::sqlite
