#include "dbkeeper/base/url.h"

#include <algorithm>
#include <random>

#include "support/catch.h"
#include "support/seed.h"

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

TEST_CASE("no malformed address shows its password either") {
  for (const std::string address : {"jdbc:postgresql://h/d?user=u&password=s3cr3t",
                                    "jdbc:postgresql://u:s3cr3t@h/d",
                                    "user:s3cr3t@h/d",
                                    "postgres//u:s3cr3t@h/d",
                                    "postgresql:/u:s3cr3t@h/d",
                                    "postgresql://u:s3cr3t@h:port/d",
                                    "postgres:u:s3cr3t@h",
                                    "postgres:u:s3cr3t",
                                    "postgres://u:s3cr3t",
                                    "postgres://u:s3cr3t/d",
                                    "postgres://u:a/b?c=s3cr3t@h/d",
                                    "postgres://u:12/s3cr3t?x=y@h/d",
                                    "postgres://h/d?password=a&s3cr3t&sslmode=require",
                                    "host=h password='s3cr3t dbname=d",
                                    "host=h password=\"a s3cr3t\" dbname=d",
                                    "host=h password=a s3cr3t dbname=d",
                                    "password='it's s3cr3t' host=h",
                                    "Host=h;Username=u;Password=s3cr3t;Database=d",
                                    "DATABASE_URL=postgres://u:s3cr3t@h/d",
                                    "\"postgres://u:s3cr3t@h/d\"",
                                    "user=u:s3cr3t@h/d",
                                    "user:s3cr3t://x@h/d",
                                    "postgres://h/d?pass%77ord=s3cr3t",
                                    "user='bob password=s3cr3t"}) {
    CAPTURE(address);
    CHECK(redacted(address).find("s3cr3t") == std::string::npos);
    const auto secrets = secrets_of(address);
    CHECK(std::any_of(secrets.begin(), secrets.end(), [](const std::string& secret) {
      return secret.find("s3cr3t") != std::string::npos;
    }));
  }
}

namespace {

// An address of some notation with a mistake or two in it, and a password of any characters.
std::string malformed_address(std::mt19937_64& dice, const std::string& password) {
  constexpr std::string_view kNotations[] = {"postgres://u:$@h:5432/d",
                                             "postgresql+psycopg2://u:$@h/d?sslmode=require",
                                             "jdbc:postgresql://u:$@h/d",
                                             "u:$@h/d",
                                             "postgres:u:$@h/d",
                                             "postgresql:/u:$@h/d",
                                             "postgres//u:$@h/d",
                                             "postgres://u:$@h:port/d",
                                             "host=h user=u password='$' port=1",
                                             "postgres://h/d?user=u&password=$",
                                             "Host=h;Password=$;Database=d"};
  std::string text(kNotations[dice() % std::size(kNotations)]);
  if (dice() % 4 == 0) text.insert(text.begin(), "'\" "[dice() % 3]);
  if (const std::size_t at = text.find('/'); at != text.npos && dice() % 4 == 0) text.erase(at, 1);
  return text.replace(text.find('$'), 1, password);
}

}  // namespace

TEST_CASE("a password within a random address never appears, however malformed that is") {
  const testing::Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int i = 0; i < testing::rounds(20'000); ++i) {
    const std::string core = "Zq" + std::to_string(dice() % 1'000'000) + "x";
    constexpr std::string_view kAround[] = {"", "", "a", "%40", "@", ":", "/", "9", "-", "#", "!"};
    const std::string password = std::string(kAround[dice() % std::size(kAround)]) + core +
                                 std::string(kAround[dice() % std::size(kAround)]);
    const std::string address = malformed_address(dice, password);
    CAPTURE(address);
    REQUIRE(redacted(address).find(core) == std::string::npos);
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
  for (const std::string plain :
       {"/data/a:b@c.db", "sqlite:/data/a@b:c@d.db", "postgres://h:5432/d?sslmode=require",
        "postgres://a,b:1,[::1]:2/d", "postgresql:///shop?user=a@b", "C:\\x.db", "gym.db",
        "host=/run/x user=u dbname='my db'", "postgres://u@h:5432/d"})
    CHECK(redacted(plain) == plain);
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
