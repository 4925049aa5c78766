#include "engines/postgres/conninfo.h"

#include "dbkeeper/base/error.h"
#include "engines/postgres/postgres.h"
#include "support/catch.h"

namespace dbkeeper::postgres {
namespace {

using testing::contains;

std::string value(const Conninfo& conninfo, std::string_view keyword) {
  const std::string* found = conninfo.find(keyword);
  return found ? *found : "(none)";
}

std::string refusal(const std::string& address) {
  try {
    parse_conninfo(address);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message() + " " + error.hint();
  }
  FAIL("it was accepted: " << address);
  return {};
}

}  // namespace

TEST_CASE("PostgreSQL's addresses are recognised, others are not") {
  for (const char* address : {"postgres://", "postgresql://h/d", "POSTGRESQL://h/d",
                              "postgresql+psycopg2://h/d", "postgresql+asyncpg://u:p@h/d",
                              "host=h dbname=d", " service = x", "password='a://b' host=h"})
    CHECK(recognises(address));
  for (const char* address : {"sqlite:///a.db", "mysql://h/d?host=x", "app.db", "dir=x/app.db", "",
                              "=", "postgresqlite://x", "./a=b.db"})
    CHECK_FALSE(recognises(address));
}

TEST_CASE("a URL comes apart into libpq's parameters") {
  const Conninfo all = parse_conninfo("postgresql://bob:s%40cret@db.example:5433/my%20shop");
  CHECK(value(all, "host") == "db.example");
  CHECK(value(all, "port") == "5433");
  CHECK(value(all, "user") == "bob");
  CHECK(value(all, "password") == "s@cret");
  CHECK(value(all, "dbname") == "my shop");
  CHECK(value(all, "fallback_application_name") == own_application_name());
}

TEST_CASE("what a URL leaves out is left to libpq") {
  for (const char* address : {"postgres://", "postgres:///", "postgresql://:/"}) {
    const Conninfo conninfo = parse_conninfo(address);
    for (const char* keyword : {"host", "port", "user", "password", "dbname"})
      CHECK(value(conninfo, keyword) == "(none)");
  }
}

TEST_CASE("several hosts, IPv6 and sockets are named as libpq wants them") {
  const Conninfo several = parse_conninfo("postgres://a:1,b,[::1]:3/d");
  CHECK(value(several, "host") == "a,b,::1");
  CHECK(value(several, "port") == "1,,3");
  CHECK(value(parse_conninfo("postgres://%2Frun%2Fpostgresql/d"), "host") == "/run/postgresql");
  CHECK(value(parse_conninfo("postgres:///d?host=/run/x"), "host") == "/run/x");
  CHECK(value(parse_conninfo("postgres://h/d?host=other&port=7"), "host") == "other");
}

TEST_CASE("a query's parameters are libpq's, ours, or dropped by name") {
  const Conninfo prisma = parse_conninfo(
      "postgresql://h/d?schema=app&connection_limit=5&pgbouncer=true&sslmode=require&"
      "connect_timeout=3");
  CHECK(prisma.limited_to_schema == "app");
  CHECK(prisma.dropped == std::vector<std::string>{"connection_limit", "pgbouncer"});
  CHECK(value(prisma, "sslmode") == "require");
  CHECK(value(prisma, "connect_timeout") == "3");
  CHECK(value(parse_conninfo("postgres://h/d?ssl=true"), "sslmode") == "require");
  CHECK(value(parse_conninfo("postgres://h/d?ssl=verify-full"), "sslmode") == "verify-full");
  CHECK(value(parse_conninfo("postgres://h/d?ssl=true&sslmode=verify-ca"), "sslmode") ==
        "verify-ca");
  CHECK(parse_conninfo("postgres://h/d?ssl=false").dropped == std::vector<std::string>{"ssl"});
}

TEST_CASE("options become settings, since poolers refuse them at start-up") {
  const Conninfo conninfo = parse_conninfo(
      "postgres://h/d?options=-c%20statement_timeout%3D5s%20-csearch_path%3Da%5C%20b%20"
      "--work-mem%3D8MB");
  CHECK(conninfo.settings ==
        Conninfo::Pairs{{"statement_timeout", "5s"}, {"search_path", "a b"}, {"work_mem", "8MB"}});
  CHECK_FALSE(conninfo.find("options"));
  CHECK_THAT(refusal("postgres://h/d?options=-B%20100"), contains("options"));
  CHECK_THAT(refusal("postgres://h/d?options=-c%20work_mem"), contains("name=value"));
}

TEST_CASE("key=value strings are read as libpq reads them") {
  const Conninfo conninfo = parse_conninfo("host=h port=5433 password='a b\\'c' service=s");
  CHECK(value(conninfo, "host") == "h");
  CHECK(value(conninfo, "port") == "5433");
  CHECK(value(conninfo, "password") == "a b'c");
  CHECK(value(conninfo, "service") == "s");
  CHECK(value(parse_conninfo("host=h application_name=mine"), "fallback_application_name") ==
        "(none)");
}

TEST_CASE("a password never appears in what is said about an address") {
  for (const char* address :
       {"host=h password=hunter 2 x", "host=h password='hunter", "host=h hunter password=hunter",
        "postgres://bob:hunter@h:notaport/d", "postgres://bob:hunter@h/d?options=hunter",
        "postgres://bob:hunter%00@h/d", "dbname=postgres://bob:hunter@h/d"})
    CHECK_THAT(refusal(address), !contains("hunter"));
}

TEST_CASE("a port is a number that a port can have") {
  CHECK_THAT(refusal("postgres://h:abc/d"), contains("'abc' is not a port"));
  CHECK_THAT(refusal("postgres://h:70000/d"), contains("65535"));
  CHECK_THAT(refusal("postgres://h/d?port=5432,x"), contains("'x'"));
  CHECK_THAT(refusal("postgres://h:0/d"), contains("not a port"));
}

}  // namespace dbkeeper::postgres
