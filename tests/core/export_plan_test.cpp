#include "dbkeeper/core/export_plan.h"

#include <algorithm>
#include <stdexcept>

#include "core/schemas.h"
#include "dbkeeper/base/error.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

using Names = std::vector<std::string>;

// Users, their cards, tags, a pure join table; a tool's history, a foreign table, a view.
Schema shop() {
  Table users = table("users");
  users.columns.push_back(column("email", Family::text));
  users.columns.push_back(column("password", Family::text));
  users.unique.push_back(key("users_email", {"email"}));
  Table decks = table("decks", {"users"});
  decks.columns.push_back(column("title", Family::text));
  decks.unique.push_back(key("decks_title", {"users_id", "title"}));
  Table joins = table("card_tags", {"cards", "tags"});
  joins.columns.erase(joins.columns.begin());
  joins.primary_key = key("pk", {"cards_id", "tags_id"}, Key::Kind::primary);
  Table history = table("alembic_version");
  history.columns = {column("version_num", Family::text)};
  history.primary_key = key("pk", {"version_num"}, Key::Kind::primary);
  Table elsewhere = table("elsewhere");
  elsewhere.kind = TableKind::foreign;
  elsewhere.not_exportable = "a foreign table: its rows live elsewhere";
  Table tags = table("tags");
  tags.columns.push_back(column("label", Family::text));
  return schema(
      {joins, table("cards", {"decks", "?cards"}), decks, elsewhere, history, tags, users});
}

ExportPlan planned(const Schema& schema, const ExportOptions& options = {}) {
  return plan_export(schema, options);
}

Names tables_in(const ExportPlan& plan, Section section) {
  Names names;
  for (const auto& entry : plan.entries)
    if (entry.section == section) names.push_back(entry.table->name.name);
  return names;
}

const ExportPlan::Entry& entry_of(const ExportPlan& plan, Section section,
                                  const std::string& name) {
  for (const auto& entry : plan.entries)
    if (entry.section == section && entry.table->name.name == name) return entry;
  throw std::runtime_error("no entry for " + name);
}

Error refusal(const Schema& schema, const ExportOptions& options) {
  try {
    planned(schema, options);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("an export has every table, parents first, and join tables apart") {
  const Schema schema = shop();
  const ExportPlan plan = planned(schema);
  const Names data = tables_in(plan, Section::data);
  CHECK(data.size() == 4);
  CHECK(std::find(data.begin(), data.end(), "users") <
        std::find(data.begin(), data.end(), "decks"));
  CHECK(std::find(data.begin(), data.end(), "decks") <
        std::find(data.begin(), data.end(), "cards"));
  CHECK(tables_in(plan, Section::relationships) == Names{"card_tags"});
  CHECK(tables_in(plan, Section::references).empty());
  REQUIRE(plan.left_out.size() == 2);
  CHECK(plan.left_out[0].table == "elsewhere");
  CHECK_THAT(plan.left_out[1].why, contains("alembic"));
}

TEST_CASE("a join table has nothing but foreign keys, all of them its key, and nobody's parent") {
  Schema schema = shop();
  Table& joins = schema.tables.front();
  CHECK(is_join_table(schema, joins));
  joins.primary_key = std::nullopt;
  CHECK(is_join_table(schema, joins));
  joins.primary_key = key("pk", {"cards_id"}, Key::Kind::primary);
  CHECK_FALSE(is_join_table(schema, joins));
  joins.primary_key = std::nullopt;
  joins.columns.push_back(column("position"));
  CHECK_FALSE(is_join_table(schema, joins));
  joins.columns.back().origin = Origin::stored;
  CHECK(is_join_table(schema, joins));
  schema.tables.push_back(table("notes", {"card_tags"}));
  CHECK_FALSE(is_join_table(schema, schema.tables.front()));
}

TEST_CASE("include and exclude choose tables, history only by name") {
  const Schema schema = shop();
  CHECK(tables_in(planned(schema, {.include = {"card*"}}), Section::data) == Names{"cards"});
  CHECK(tables_in(planned(schema, {.include = {"alembic_version"}}), Section::data) ==
        Names{"alembic_version"});
  CHECK(tables_in(planned(schema, {.include = {"*"}, .exclude = {"card*,users"}}), Section::data) ==
        Names{"tags", "decks"});
}

TEST_CASE("a choice that can't be is refused before anything is read") {
  const Schema schema = shop();
  CHECK(refusal(schema, {.include = {"elsewhere"}}).kind() == ErrorKind::usage);
  CHECK_THAT(refusal(schema, {.include = {"user"}}).message(), contains("did you mean 'users'?"));
  CHECK_THAT(refusal(schema, {.exclude = {"audit_*"}}).message(), contains("'audit_*'"));
  CHECK_THAT(refusal(schema, {.include = {"tags"}, .exclude = {"tags"}}).message(),
             contains("no table is left"));
  CHECK_THAT(refusal(schema, {.include = {"tags"}, .where = {"users:true"}}).message(),
             contains("'users' is not exported"));
  CHECK_THAT(refusal(schema, {.where = {"users"}}).message(), contains("a colon"));
  CHECK_THAT(refusal(schema, {.where = {"users:true", "users:false"}}).message(),
             contains("two conditions"));
  CHECK_THAT(refusal(schema, {.match = {"tags=lable"}}).message(),
             contains("did you mean 'label'?"));
  CHECK_THAT(refusal({}, {}).message(), contains("has no table"));
  CHECK(planned({}, {.allow_empty = true}).entries.empty());
}

TEST_CASE("a table that this role can't see whole is named") {
  Schema schema = shop();
  schema.tables.back().readable = false;
  schema.tables.back().not_exportable = "this role may not read it";
  const Error error = refusal(schema, {});
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(error.table() == "users");
  CHECK_THAT(error.message(), contains("this role may not read it"));
  CHECK(refusal(schema, {.exclude = {"users"}}).table() == "users");  // decks refer to it
  CHECK_NOTHROW(planned(schema, {.exclude = {"users"}, .references = false}));
}

TEST_CASE("rows of tables left out are referred to by what finds them again") {
  const Schema schema = shop();
  const ExportPlan plan = planned(schema, {.exclude = {"users"}});
  CHECK(tables_in(plan, Section::references) == Names{"users"});
  CHECK(entry_of(plan, Section::references, "users").columns == Names{"id", "email"});

  const ExportPlan farther = planned(schema, {.include = {"cards"}});
  CHECK(tables_in(farther, Section::references) == Names{"users", "decks"});
  CHECK(entry_of(farther, Section::references, "decks").columns ==
        Names{"id", "users_id", "title"});
}

TEST_CASE("where no natural key is declared, all columns or those of --match stand for a row") {
  const Schema schema = shop();
  ExportOptions options{.exclude = {"tags"}};
  CHECK(entry_of(planned(schema, options), Section::references, "tags").columns ==
        Names{"id", "label"});
  options.match = {"tags=label"};
  CHECK(entry_of(planned(schema, options), Section::references, "tags").columns ==
        Names{"id", "label"});
  CHECK(tables_in(planned(schema, {.exclude = {"tags"}, .references = false}), Section::references)
            .empty());
}

TEST_CASE("a condition keeps rows back, and references those that are referred to") {
  const Schema schema = shop();
  const ExportPlan plan = planned(schema, {.where = {"users:email like 'a%'"}});
  const auto& kept = entry_of(plan, Section::data, "users");
  const auto& referred = entry_of(plan, Section::references, "users");
  CHECK(plan.selection.sets[kept.set].condition == "email like 'a%'");
  CHECK(plan.selection.sets[referred.set].without == kept.set);
  CHECK(plan.selection.sets[referred.set].base == RowSet::Base::none);
  REQUIRE(plan.selection.sets[referred.set].referred_by.size() == 1);
  CHECK(
      plan.selection.sets[plan.selection.sets[referred.set].referred_by[0].from].table->name.name ==
      "decks");
}

TEST_CASE("with parents, what rows refer to comes along, around circles too") {
  const Schema schema = shop();
  const ExportPlan plan =
      planned(schema, {.include = {"cards"}, .where = {"cards:id = 1"}, .with_parents = true});
  CHECK(tables_in(plan, Section::data) == Names{"users", "decks", "cards"});
  CHECK(tables_in(plan, Section::references).empty());
  const RowSet& cards = plan.selection.sets[entry_of(plan, Section::data, "cards").set];
  CHECK(cards.base == RowSet::Base::condition);
  CHECK(cards.referred_by.size() == 1);  // by itself
  CHECK(plan.selection.sets[entry_of(plan, Section::data, "decks").set].base == RowSet::Base::none);
}

TEST_CASE("a parent that is excluded by name stays a reference") {
  const Schema schema = shop();
  const ExportPlan plan =
      planned(schema, {.include = {"cards"}, .exclude = {"users"}, .with_parents = true});
  CHECK(tables_in(plan, Section::data) == Names{"decks", "cards"});
  CHECK(tables_in(plan, Section::references) == Names{"users"});
}

TEST_CASE("columns of expressions and generated columns' sources make a natural key whole") {
  Schema schema = shop();
  Table& users = schema.tables.back();
  users.unique.clear();
  Key by_expression = key("lower_email", {}, Key::Kind::index);
  by_expression.parts.push_back({"", "lower((email)::text)", ""});
  users.unique.push_back(by_expression);
  CHECK(entry_of(planned(schema, {.exclude = {"users"}}), Section::references, "users").columns ==
        Names{"id", "email"});
  Column folded = column("folded", Family::text);
  folded.origin = Origin::stored;
  folded.default_expression = "lower(email)";
  users.columns.push_back(folded);
  users.unique = {key("by_folded", {"folded"})};
  CHECK(entry_of(planned(schema, {.exclude = {"users"}}), Section::references, "users").columns ==
        Names{"id", "email"});
}

TEST_CASE("a partitioned table is one table, and its partitions are not to be named") {
  Schema schema = shop();
  Table events = table("events", {"users"});
  events.kind = TableKind::partitioned;
  Table january = table("events_1", {"users"});
  january.kind = TableKind::partition;
  january.partition_of = events.name;
  Table parted = january;  // itself partitioned
  parted.name.name = "events_2";
  parted.kind = TableKind::partitioned;
  for (const Table& part : {events, january, parted}) schema.tables.push_back(part);
  const Names data = tables_in(planned(schema), Section::data);
  CHECK(std::count(data.begin(), data.end(), "events") == 1);
  CHECK(std::count(data.begin(), data.end(), "events_1") == 0);
  CHECK(std::count(data.begin(), data.end(), "events_2") == 0);
  CHECK(tables_in(planned(schema, {.include = {"events*"}}), Section::data) == Names{"events"});
  CHECK_THAT(refusal(schema, {.include = {"events_1"}}).message(), contains("is a partition"));
  CHECK_THAT(refusal(schema, {.exclude = {"events_1"}}).message(), contains("is a partition"));
}

TEST_CASE("the address's schema limits the export") {
  Schema schema = shop();
  Table orders = table("orders");
  orders.name.schema = "app";
  schema.tables.push_back(orders);
  CHECK(tables_in(planned(schema, {.limited_to_schema = "app"}), Section::data) == Names{"orders"});
  CHECK(refusal(schema, {.limited_to_schema = "nowhere"}).kind() == ErrorKind::usage);
}

TEST_CASE("the options that decide about the content go into the file") {
  const Schema schema = shop();
  const Value options = planned(schema, {.exclude = {"tags, card_tags"},
                                         .where = {"users:id = 1"},
                                         .references = false,
                                         .source = "prod"})
                            .options;
  const auto& members = std::get<Value::Object>(options.data());
  REQUIRE(members.size() == 4);
  CHECK(members[0].first == "exclude");
  CHECK(std::get<Value::List>(members[0].second.data()).size() == 2);
  CHECK(members[1].first == "where");
  CHECK(members[2].first == "no_references");
  CHECK(members[3].first == "source");
}
