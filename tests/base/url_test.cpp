#include "dbkeeper/base/url.h"

#include "support/catch.h"

using namespace dbkeeper;

TEST_CASE("a database URL falls into its parts, escapes decoded") {
  const auto url =
      parse_url("PostgreSQL+psycopg2://bob:p%40ss@db.local:6432/shop?schema=app&x=%20y");
  REQUIRE(url);
  CHECK(url->scheme == "postgresql+psycopg2");
  CHECK(url->user == "bob");
  CHECK(url->password == "p@ss");
  REQUIRE(url->hosts.size() == 1);
  CHECK(url->hosts[0] == std::pair<std::string, std::string>("db.local", "6432"));
  CHECK(url->path == "/shop");
  CHECK(*url->find_query("schema") == "app");
  CHECK(*url->find_query("x") == " y");
  CHECK(url->find_query("y") == nullptr);
}

TEST_CASE("a password keeps the characters that users forget to escape") {
  for (const std::string password : {"p@ss", "a/b", "a?b", "a:b", "50%", "a#b", "p@a/b?c"}) {
    const auto url = parse_url("postgres://bob:" + password + "@host/shop");
    REQUIRE(url);
    CAPTURE(password);
    CHECK(url->password == password);
    CHECK(url->hosts.at(0).first == "host");
    CHECK(url->path == "/shop");
  }
}

TEST_CASE("several hosts, IPv6, sockets and empty parts are understood") {
  const auto several = parse_url("postgres://a:1,b,[::1]:3/x");
  REQUIRE(several);
  CHECK(several->hosts ==
        std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", ""}, {"::1", "3"}});
  const auto socket = parse_url("postgresql://%2Frun%2Fpostgresql/shop");
  REQUIRE(socket);
  CHECK(socket->hosts.at(0).first == "/run/postgresql");
  const auto empty = parse_url("postgresql://");
  REQUIRE(empty);
  CHECK(empty->hosts.empty());
  CHECK_FALSE(empty->password);
  const auto query = parse_url("postgresql:///shop?user=a@b");
  REQUIRE(query);
  CHECK(query->user.empty());
  CHECK(*query->find_query("user") == "a@b");
}

TEST_CASE("what has no scheme is no URL") {
  CHECK_FALSE(parse_url("app.db"));
  CHECK_FALSE(parse_url("host=a dbname=b"));
  CHECK_FALSE(parse_url("://x"));
  CHECK_FALSE(parse_url("a b://x"));
  CHECK_FALSE(parse_url(""));
}

TEST_CASE("no dialect of address shows its password once redacted") {
  for (const std::string address :
       {"postgres://bob:s3cr3t@host:5432/shop?schema=app", "postgres://bob:s3cr3t/x@y@host/shop",
        "postgres://bob:a@s3cr3t?b@host/shop",
        "postgres://host/shop?password=s3cr3t&sslmode=prefer", "host=h password=s3cr3t dbname=d",
        "host=h password = 's3cr3t x' dbname=d", "password='it\\'s s3cr3t' host=h",
        "host=h sslpassword=s3cr3t", "app.db?token=s3cr3t"}) {
    CAPTURE(address);
    const std::string shown = redacted(address);
    CHECK(shown.find("s3cr3t") == std::string::npos);
    CHECK(shown.find("***") != std::string::npos);
  }
}

TEST_CASE("a secret is known by its name") {
  for (const char* name : {"password", "PGPASSWORD", "sslpassword", "pass", "pwd", "DB_PASS",
                           "db-pwd", "--db-pass", "spring.datasource.pass", "API_KEY", "apikey",
                           "X-API-Key", "client_secret", "GITHUB_TOKEN", "--passphrase"}) {
    CAPTURE(name);
    CHECK(is_secret_key(name));
  }
  for (const char* name : {"", "bypass", "passfile", "PGPASSFILE", "compass", "user", "sslkey",
                           "key", "pass_count", "PWD_FORMAT"}) {
    CAPTURE(name);
    CHECK_FALSE(is_secret_key(name));
  }
}

TEST_CASE("redaction keeps what is no secret") {
  CHECK(redacted("postgres://bob:pw@h:5/d?schema=app") == "postgres://bob:***@h:5/d?schema=app");
  CHECK(redacted("host=h password=pw dbname=d") == "host=h password=*** dbname=d");
  CHECK(redacted("sqlite:///a.db") == "sqlite:///a.db");
  CHECK(redacted("/data/my file.db") == "/data/my file.db");
}

TEST_CASE("percent escapes are decoded, broken ones stay") {
  CHECK(percent_decoded("a%20b%2f") == "a b/");
  CHECK(percent_decoded("100%") == "100%");
  CHECK(percent_decoded("%zz%4") == "%zz%4");
}

TEST_CASE("a URL gets another path, and other hosts, with all else as it stands") {
  const auto other = [](std::string_view url, std::string_view hosts = "") {
    return with_url_path(url, hosts, "/b");
  };
  CHECK(other("pg+x://u:p@s/s@h:1/a?k=/v&l=@m") == "pg+x://u:p@s/s@h:1/b?k=/v&l=@m");
  CHECK(other("pg://h") == "pg://h/b");
  CHECK(other("pg:///a") == "pg:///b");
  CHECK(other("pg://?host=/tmp") == "pg:///b?host=/tmp");
  CHECK(other("pg://u@h:1,i:2/a?x=1", "j:3") == "pg://u@j:3/b?x=1");
}

TEST_CASE("what is encoded for a URL comes back as it was") {
  const std::string text = "a b/c%?&=@:#ä'\"~-._";
  CHECK(percent_encoded("a b/c%") == "a%20b%2Fc%25");
  CHECK(percent_decoded(percent_encoded(text)) == text);
}
