#include "engines/postgres/target.h"

#include <cstdlib>

#include "engines/postgres/conninfo.h"
#include "support/catch.h"
#include "support/scratch.h"

using namespace dbkeeper::testing;
using dbkeeper::way_of;
using dbkeeper::postgres::Conninfo;
using dbkeeper::postgres::parse_conninfo;
using dbkeeper::postgres::resolve;

namespace {

// A variable of the process, as long as this lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::string value(const dbkeeper::Target& target, std::string_view keyword) {
  const Conninfo conninfo = parse_conninfo(target.address);
  const std::string* found = conninfo.find(keyword);
  return found ? *found : std::string();
}

}  // namespace

TEST_CASE("a target has what the service file said when it was resolved") {
  const ScratchFolder folder;
  const auto file = folder.write("services",
                                 "[shop]\nhost=db.example\nport=5433\nuser=bob\ndbname=shop\n"
                                 "sslmode=disable\noptions=-c work_mem=1MB\n");
  const Variable variable("PGSERVICEFILE", file.string());
  const auto target = resolve("service=shop");
  CHECK(value(target, "host") == "db.example");
  CHECK(value(target, "port") == "5433");
  CHECK(value(target, "user") == "bob");
  CHECK(value(target, "dbname") == "shop");
  CHECK(value(target, "sslmode") == "disable");
  CHECK(value(target, "service").empty());
  CHECK(parse_conninfo(target.address).settings == Conninfo::Pairs{{"work_mem", "1MB"}});
  CHECK(parse_conninfo(target.address).dropped.empty());
  CHECK(target.shown == "shop on db.example:5433");
  CHECK(way_of(target.address) == "service shop");
}

TEST_CASE("what an address says goes before its service, and its schema stays") {
  const ScratchFolder folder;
  const auto file = folder.write("services", "[shop]\nhost=db.example\ndbname=shop\n");
  const Variable variable("PGSERVICEFILE", file.string());
  const auto target =
      resolve("postgresql:///mine?service=shop&schema=app&options=-c%20a.b%3Dx%5C%20y");
  CHECK(value(target, "dbname") == "mine");
  CHECK(value(target, "host") == "db.example");
  CHECK(parse_conninfo(target.address).limited_to_schema == "app");
  CHECK(parse_conninfo(target.address).settings == Conninfo::Pairs{{"a.b", "x y"}});
}

TEST_CASE("a target without a service is the address itself") {
  const auto target = resolve("postgresql://bob@db.example:5433/shop?connection_limit=5");
  CHECK(target.address == target.written);
  CHECK(way_of(target.address).empty());
  CHECK(target.shown == "shop on db.example:5433");
}
