#include "engines/postgres/quoted_name.h"

#include <type_traits>

#include "support/catch.h"

namespace dbkeeper::postgres {

static_assert(!std::is_convertible_v<std::string, QuotedName>);
static_assert(!std::is_convertible_v<const char*, QuotedName>);

TEST_CASE("a name is quoted whatever it holds") {
  CHECK(QuotedName(std::string_view("users")).sql() == "\"users\"");
  CHECK(QuotedName(std::string_view("a\"b;--")).sql() == "\"a\"\"b;--\"");
  CHECK(QuotedName(TableName{"app", "odd.name"}).sql() == "\"app\".\"odd.name\"");
  CHECK(QuotedName::list({"id", "select"}).sql() == "\"id\", \"select\"");
  CHECK(QuotedName::of("c", "id").sql() == "c.\"id\"");
}

TEST_CASE("a literal is one, with or without standard_conforming_strings") {
  CHECK(literal("it's") == "'it''s'");
  CHECK(literal("a\\'b") == "E'a\\\\''b'");
}

}  // namespace dbkeeper::postgres
