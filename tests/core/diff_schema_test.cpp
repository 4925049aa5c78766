#include "core/diff_schema.h"

#include "core/schemas.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// Each difference as one text.
std::vector<std::string> compared(const Table& a, const Table& b,
                                  SchemaDetail detail = SchemaDetail::full) {
  std::vector<std::string> out;
  for (const SchemaDifference& entry : compare_tables(schema({a}), a, schema({b}), b, detail))
    out.push_back(entry.what + "|" + entry.column + "|" + entry.a + "|" + entry.b);
  return out;
}

using Texts = std::vector<std::string>;

Table cards() {
  Table out = table("cards", {"users"});
  out.columns.push_back(column("title", Family::text));
  out.unique.push_back(key("cards_title", {"users_id", "title"}));
  return out;
}

}  // namespace

TEST_CASE("a table is the same as itself, whatever its keys are called") {
  Table other = cards();
  other.unique.front().name = "another";
  other.unique.front().kind = Key::Kind::index;
  other.unique.push_back(other.unique.front());
  other.foreign_keys.front().name = "fk";
  std::swap(other.columns[1], other.columns[2]);
  CHECK(compared(cards(), other).empty());
}

TEST_CASE("columns that one side lacks are named, and those that are described otherwise") {
  Table other = cards();
  other.columns.erase(other.columns.begin() + 2);
  other.columns.push_back(column("note", Family::text, true));
  other.columns[1].nullable = true;
  other.columns[1].default_expression = "0";
  other.columns[0].origin = Origin::identity_always;
  other.unique.clear();
  CHECK(compared(cards(), other) == Texts{"generated|id|serial|identity always",
                                          "nullable|users_id|not null|nullable",
                                          "default|users_id||0", "column|title|text|",
                                          "column|note||text", "unique key||(users_id, title)|"});
}

TEST_CASE("a type's name may be written in any case, its length and labels may not differ") {
  Table a = cards(), b = cards();
  a.columns[2].type.name = "VARCHAR(80)";
  b.columns[2].type.name = "varchar(80)";
  CHECK(compared(a, b).empty());
  b.columns[2].type.name = "varchar(81)";
  a.columns[1].type.labels = {"sad", "happy"};
  b.columns[1].type.labels = {"happy", "sad"};
  CHECK(compared(a, b) ==
        Texts{"labels|users_id|sad, happy|happy, sad", "type|title|VARCHAR(80)|varchar(81)"});
}

TEST_CASE("keys are compared by their columns, and by what becomes of a reference") {
  Table other = cards();
  other.primary_key->parts.push_back({"title", "", ""});
  other.foreign_keys.front().on_delete = ForeignKey::Action::cascade;
  other.unique.front().predicate = "title > ''";
  CHECK(compared(cards(), other) ==
        Texts{"primary key||(id)|(id, title)", "unique key||(users_id, title)|",
              "unique key|||(users_id, title where title > '')",
              "foreign key||(users_id) → users (id)|",
              "foreign key|||(users_id) → users (id) on delete cascade"});
}

TEST_CASE("what an export doesn't tell is no difference from one") {
  Table file = cards();
  file.columns[0].origin = Origin::identity_by_default;
  Table other = file;
  other.columns[0].origin = Origin::identity_always;
  other.columns[2].default_expression = "''";
  other.columns[2].collation = "C";
  other.foreign_keys.front().on_delete = ForeignKey::Action::cascade;
  other.unique.push_back(key("partial", {"title"}));
  other.unique.back().predicate = "title > ''";
  CHECK(compared(file, other, SchemaDetail::of_export).empty());
  CHECK(compared(file, other).size() == 6);
}
