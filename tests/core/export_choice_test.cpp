#include "core/export_choice.h"

#include "core/schemas.h"
#include "dbkeeper/base/error.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

Value list(const std::vector<std::string>& texts) { return Value::list(texts); }

}  // namespace

TEST_CASE("an export without options left nothing out") {
  const ExportChoice choice(Value::object());
  CHECK(choice.why_absent(schema({}), table("users")).empty());
  CHECK(choice.of_rows(schema({}), table("users")).empty());
}

TEST_CASE("a table is left out by --exclude, by --include of others, or by a schema") {
  const Schema none = schema({});
  const ExportChoice exclude(Value().set("exclude", list({"audit_*", "users"})));
  CHECK_FALSE(exclude.why_absent(none, table("users")).empty());
  CHECK_FALSE(exclude.why_absent(none, table("audit_log")).empty());
  CHECK(exclude.why_absent(none, table("cards")).empty());

  const ExportChoice include(Value().set("include", list({"card*"})));
  CHECK_FALSE(include.why_absent(none, table("users")).empty());
  CHECK(include.why_absent(none, table("cards")).empty());

  const ExportChoice app(Value().set("schema", "app"));
  CHECK_FALSE(app.why_absent(none, table("users")).empty());
  Table users = table("users");
  users.name.schema = "app";
  CHECK(app.why_absent(none, users).empty());
}

TEST_CASE("some rows are what a condition chose, or the parents of those") {
  const Schema none = schema({});
  const ExportChoice where(Value().set("where", list({"users:id < 5"})));
  CHECK(where.of_rows(none, table("users")) == "id < 5");
  CHECK(where.of_rows(none, table("cards")).empty());

  const ExportChoice parents(
      Value().set("include", list({"cards"})).set("with_parents", Value(true)));
  CHECK_FALSE(parents.of_rows(none, table("users")).empty());
  CHECK(parents.of_rows(none, table("cards")).empty());
}

TEST_CASE("options that no dbkeeper wrote are the file's fault") {
  try {
    const ExportChoice choice(Value().set("include", list({"\"users"})));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
  }
  CHECK(ExportChoice(Value().set("include", "users")).why_absent(schema({}), table("t")).empty());
}
