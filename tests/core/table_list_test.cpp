#include "dbkeeper/core/table_list.h"

#include <functional>

#include "core/schemas.h"
#include "dbkeeper/base/error.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

Schema sample() {
  Schema out = schema({table("users"), table("audit_log"), table("audit_mail"), table("odd.name")});
  Table elsewhere = table("users");
  elsewhere.name.schema = "app";
  out.tables.push_back(elsewhere);
  out.others.push_back({{"public", "totals"}, "view"});
  return out;
}

std::vector<std::string> matched(const std::vector<std::string>& texts) {
  const Schema schema = sample();
  std::vector<std::string> out;
  for (const TablePattern& pattern : parse_table_list(texts, "--include"))
    for (const Table& table : schema.tables)
      if (pattern.matches(schema, table)) out.push_back(schema.display(table));
  return out;
}

std::string complaint(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return "no error";
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("tables are named one by one, in lists, by globs and in quotes") {
  CHECK(matched({"users"}) == Names{"users"});
  CHECK(matched({"users, audit_log", "app.users"}) == Names{"users", "audit_log", "app.users"});
  CHECK(matched({"audit_*"}) == Names{"audit_log", "audit_mail"});
  CHECK(matched({"app.*"}) == Names{"app.users"});
  CHECK(matched({"\"odd.name\""}) == Names{"\"odd.name\""});
  CHECK(matched({"\"audit_*\""}) == Names{});
}

TEST_CASE("a list that makes no sense is refused") {
  CHECK_THAT(complaint([] { parse_table_list({"a,,b"}, "--include"); }),
             contains("--include: a table's name is missing in 'a,,b'"));
  CHECK_THAT(complaint([] { parse_table_list({""}, "--exclude"); }), contains("--exclude"));
  CHECK_THAT(complaint([] { parse_table_list({"\"a,b"}, "--include"); }), contains("not closed"));
}

TEST_CASE("a name that is no table's brings the nearest one to mind") {
  const Schema schema = sample();
  CHECK_THAT(complaint([&] { named_table(schema, "usres", "--where"); }),
             contains("--where: no table is named 'usres'; did you mean 'users'?"));
  CHECK_THAT(complaint([&] { named_table(schema, "totals", "--where"); }), contains("is a view"));
  CHECK(&named_table(schema, "app.users", "--where") == &schema.tables.back());
}

TEST_CASE("a table is parted from what follows it outside of quotes") {
  CHECK(split_outside_quotes("users: a = ':'", ':') ==
        std::pair<std::string, std::string>("users", "a = ':'"));
  CHECK(split_outside_quotes("\"a:b\":c", ':') ==
        std::pair<std::string, std::string>("\"a:b\"", "c"));
  CHECK(split_outside_quotes("none", ':') == std::pair<std::string, std::string>());
  CHECK(split_list("a, \"b,c\" ,d") == Names{"a", "\"b,c\"", "d"});
  CHECK(unquoted("\"a\"\"b\"") == "a\"b");
}
