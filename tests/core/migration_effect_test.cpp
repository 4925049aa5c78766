#include "dbkeeper/core/migration_effect.h"

#include "support/catch.h"

using namespace dbkeeper;

namespace {

Effect changed() {
  Effect effect;
  effect.changes = {"orders has other rows than before"};
  return effect;
}

Loss loss(bool expected) {
  return {.kind = LossKind::rows_lost,
          .table = "orders",
          .before = 4,
          .after = 2,
          .expected = expected};
}

Finding orphans(std::int64_t count) {
  return {"foreign key", TableName{"main", "orders"}, "customer_id", "orphans", "", count};
}

}  // namespace

TEST_CASE("a migration is judged by its status and by what it did") {
  CHECK(verdict_on({}, {}) == MigrateVerdict::nothing);
  CHECK(verdict_on({}, changed()) == MigrateVerdict::good);
  CHECK(verdict_on({.status = 1}, {}) == MigrateVerdict::failed);
  CHECK(verdict_on({.status = 1}, changed()) == MigrateVerdict::altered);
  Effect broken = changed();
  broken.findings.push_back(orphans(1));
  CHECK(verdict_on({}, broken) == MigrateVerdict::broken);
  CHECK(verdict_on({.status = 137}, broken) == MigrateVerdict::altered);
}

TEST_CASE("what a failed command has broken is not as it was, though nothing else tells") {
  Effect effect;
  effect.findings.push_back({"index", TableName{"main", "orders"}, "by_day", "invalid", "", 0});
  CHECK(effect.as_it_was());
  CHECK(verdict_on({.status = 1}, effect) == MigrateVerdict::altered);
  CHECK(verdict_on({}, effect) == MigrateVerdict::broken);
}

TEST_CASE("what could not be looked at is neither as it was nor known to differ") {
  Effect effect;
  effect.unseen = {"orders is locked"};
  CHECK_FALSE(effect.as_it_was());
  CHECK_FALSE(effect.is_known_to_differ());
  CHECK(verdict_on({.strict = Strictness::losses}, effect) == MigrateVerdict::good);
  CHECK(verdict_on({.status = 1}, effect) == MigrateVerdict::altered);
}

TEST_CASE("a tool that stood somewhere and has no history any more has lost it") {
  const TableName history{"main", "alembic_version"};
  Look before;
  before.schema.default_schema = "main";
  before.migrations = {{"alembic", history, "ae10", ""}};
  const auto told = [&](const std::vector<MigrationState>& migrations) {
    Look after;
    after.migrations = migrations;
    std::vector<std::string> out;
    for (const Loss& loss : lost_histories(before, after, {})) out.push_back(text_of(loss));
    return out;
  };
  const std::vector<std::string> lost = {
      "alembic_version: alembic stood at ae10, and has no history any more"};
  CHECK(told({}) == lost);
  CHECK(told({{"alembic", history, "", ""}}) == lost);
  CHECK(told({{"alembic", history, "b7d2", ""}}).empty());
  CHECK(told({{"alembic", TableName{"app", "alembic_version"}, "ae10", ""}}).empty());
  CHECK(told({{"dbmate", history, "ae10", ""}}).empty());
  before.migrations.front().version = "";
  CHECK(told({}).empty());
}

TEST_CASE("losses fail under strict alone, and only those that nobody meant") {
  Effect effect = changed();
  effect.losses = {loss(true)};
  CHECK(verdict_on({.strict = Strictness::losses}, effect) == MigrateVerdict::good);
  effect.losses.push_back(loss(false));
  CHECK(verdict_on({}, effect) == MigrateVerdict::good);
  CHECK(verdict_on({.strict = Strictness::losses}, effect) == MigrateVerdict::lossy);
}

TEST_CASE("what was wrong before isn't a migration's fault, but more of it is") {
  CHECK(new_findings({orphans(3)}, {orphans(3)}).empty());
  CHECK(new_findings({orphans(3)}, {orphans(2)}).empty());
  CHECK(new_findings({orphans(3)}, {orphans(4)}).size() == 1);
  CHECK(new_findings({}, {orphans(1)}).size() == 1);
  const Finding corrupt{"integrity", {}, "", "page 3 is damaged", "", 0};
  const Finding worse{"integrity", {}, "", "page 4 is damaged", "", 0};
  CHECK(new_findings({corrupt}, {corrupt}).empty());
  CHECK(new_findings({corrupt}, {corrupt, worse}).size() == 1);
}
