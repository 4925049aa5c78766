#include "dbkeeper/core/natural_keys.h"

#include "core/schemas.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

std::vector<std::string> described(const Table& table) {
  std::vector<std::string> out;
  for (const Key* natural : natural_keys(table)) out.push_back(describe(*natural));
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a generated number says nothing about a row, a code or uuid does") {
  Table serial = table("t");
  CHECK(described(serial).empty());
  serial.columns[0].origin = Origin::given;
  CHECK(described(serial) == Texts{"id"});
  serial.columns[0] = column("id", Family::uuid);
  CHECK(described(serial) == Texts{"id"});
}

TEST_CASE("every unique constraint and index is a natural key, expressions too") {
  Table users = table("users");
  users.columns.push_back(column("email", Family::text));
  users.unique.push_back(key("users_email_key", {"email"}));
  Key lower = key("users_lower", {}, Key::Kind::index);
  lower.parts.push_back({"", "lower(name)", ""});
  users.unique.push_back(lower);
  CHECK(described(users) == Texts{"email", "lower(name)"});
}

TEST_CASE("a partial index is identity only where its predicate is a soft delete's") {
  Table posts = table("posts");
  posts.columns.push_back(column("slug", Family::text));
  posts.unique.push_back(key("slug", {"slug"}, Key::Kind::index));
  for (const char* predicate :
       {"(deleted_at IS NULL)", "deleted_at is null", "\"Deleted\" IS NULL"}) {
    posts.unique[0].predicate = predicate;
    CHECK(described(posts).size() == 1);
  }
  for (const char* predicate :
       {"published", "(NOT (deleted_at IS NULL))", "a IS NULL AND b IS NULL",
        "deleted_at IS NOT NULL", "a = 1 OR b IS NULL"}) {
    CAPTURE(predicate);
    posts.unique[0].predicate = predicate;
    CHECK(described(posts).empty());
    CHECK_FALSE(why_not_natural(posts, posts.unique[0]).empty());
  }
}

TEST_CASE("a position in a list is a rule, no identity") {
  Table items = table("items", {"lists"});
  items.columns.push_back(column("position"));
  items.unique.push_back(key("place", {"lists_id", "position"}));
  CHECK(described(items).empty());
  items.columns.push_back(column("name", Family::text));
  items.unique.push_back(key("named", {"lists_id", "name"}));
  CHECK(described(items) == Texts{"lists_id, name"});
}

TEST_CASE("a pair of foreign keys, and a number of its own, are identity") {
  Table pairs = table("card_tags", {"cards", "tags"});
  pairs.unique.push_back(key("pair", {"cards_id", "tags_id"}));
  CHECK(described(pairs) == Texts{"cards_id, tags_id"});
  Table customers = table("customers");
  customers.columns.push_back(column("number"));
  customers.unique.push_back(key("number", {"number"}));
  CHECK(described(customers) == Texts{"number"});
}

TEST_CASE("natural keys are named NOT NULL first, then shorter, then plainer, then by name") {
  Table users = table("users");
  for (const char* name : {"a", "b", "c"}) users.columns.push_back(column(name, Family::text));
  users.columns.push_back(column("n", Family::text, true));
  users.unique = {key("k5", {"n"}), key("k4", {"a", "b"}), key("k3", {"c"}), key("k2", {"b"}),
                  key("k1", {"a"}, Key::Kind::index)};
  users.unique[4].predicate = "d IS NULL";
  CHECK(described(users) == Texts{"b", "c", "a where d IS NULL", "a, b", "n"});
}

TEST_CASE("a numbered key that is a reference is the other row's number, and natural") {
  Table profiles = table("profiles", {"users"});
  profiles.foreign_keys[0].columns = {"id"};
  REQUIRE(natural_keys(profiles).size() == 1);
  CHECK(natural_keys(profiles)[0]->kind == Key::Kind::primary);
}

TEST_CASE("an invalid index identifies nothing") {
  Table users = table("users");
  users.columns.push_back(column("email", Family::text));
  users.unique.push_back(key("email", {"email"}, Key::Kind::index));
  users.unique[0].valid = false;
  CHECK(described(users).empty());
}
