#include "dbkeeper/core/check.h"

#include <algorithm>

#include "core/schemas.h"
#include "support/catch.h"
#include "support/memory_engine.h"
#include "support/open.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// A forum in which nothing is wrong: users numbered by a sequence, posts that refer to them.
struct Forum {
  Forum() {
    store.add(table("users"), {{1}, {2}});
    store.add(table("posts", {"?users"}), {{10, 1}, {11, nullptr}});
    store.change([](MemoryState& state) {
      Sequence sequence;
      sequence.name = {"public", "users_id_seq"};
      sequence.next = 3;
      sequence.uses = {{{"public", "users"}, "id", true}};
      state.schema.sequences = {sequence};
    });
  }

  CheckReport check(CheckOptions options = {}) {
    MemoryDatabase database(store);
    return dbkeeper::check(database, options, reporter, never);
  }

  void sequence_next(std::int64_t next) {
    store.change([&](MemoryState& state) { state.schema.sequences[0].next = next; });
  }

  MemoryStore store;
  SilentReporter reporter;
  Stop never;
};

std::vector<std::string> checks(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(finding.check);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a sound database has no findings") {
  Forum forum;
  const CheckReport report = forum.check();
  CHECK(report.findings.empty());
  CHECK(report.fixed.empty());
  CHECK(report.schema.tables.size() == 2);
}

TEST_CASE("an orphan is found with its table, column, count and value") {
  Forum forum;
  forum.store.change([](MemoryState& state) { state.rows[{"public", "users"}].clear(); });
  const CheckReport report = forum.check();
  REQUIRE(checks(report.findings) == Names{"foreign key"});
  const Finding& finding = report.findings[0];
  CHECK(finding.table == TableName{"public", "posts"});
  CHECK(finding.object == "users_id");
  CHECK(finding.count == 1);
  CHECK_THAT(finding.message, contains("1 row of 'posts' refers by (users_id)"));
  CHECK_FALSE(finding.hint.empty());
}

TEST_CASE("a quick check leaves out what reads whole tables") {
  Forum forum;
  forum.store.change([](MemoryState& state) { state.rows[{"public", "users"}] = {{2}}; });
  CHECK(forum.check({.depth = Depth::quick}).findings.empty());
}

TEST_CASE("a sequence whose next number is taken is found at every depth") {
  Forum forum;
  forum.sequence_next(2);
  for (const Depth depth : {Depth::quick, Depth::full}) {
    const CheckReport report = forum.check({.depth = depth});
    REQUIRE(checks(report.findings) == Names{"sequence"});
    CHECK_THAT(report.findings[0].message, contains("users_id_seq"));
    CHECK_THAT(report.findings[0].message, contains("gives out 2 next"));
    CHECK_THAT(report.findings[0].hint, contains("--fix-sequences"));
  }
}

TEST_CASE("a sequence that counts down is behind when a lower number is taken") {
  Forum forum;
  forum.store.change([](MemoryState& state) {
    state.schema.sequences[0].increment = -1;
    state.schema.sequences[0].next = 1;
  });
  CHECK(checks(forum.check().findings) == Names{"sequence"});
  forum.sequence_next(0);
  CHECK(forum.check().findings.empty());
}

TEST_CASE("sequences are moved on, looked at again, and then reported as fixed") {
  Forum forum;
  forum.sequence_next(1);
  const CheckReport report = forum.check({.fix_sequences = true});
  CHECK(report.findings.empty());
  CHECK(checks(report.fixed) == Names{"sequence"});
  CHECK(forum.check().findings.empty());
}

TEST_CASE("other findings remain when sequences were fixed") {
  Forum forum;
  forum.sequence_next(1);
  forum.store.change([](MemoryState& state) { state.rows[{"public", "users"}] = {{2}}; });
  const CheckReport report = forum.check({.fix_sequences = true});
  CHECK(checks(report.findings) == Names{"foreign key"});
  CHECK(checks(report.fixed) == Names{"sequence"});
}

TEST_CASE("a table that can't be read is a finding, and the others are still checked") {
  Forum forum;
  forum.sequence_next(1);
  forum.store.change([](MemoryState& state) { state.unreadable = {{"public", "posts"}}; });
  const Names found = checks(forum.check().findings);
  CHECK(std::count(found.begin(), found.end(), "unreadable") >= 1);
  CHECK(std::count(found.begin(), found.end(), "sequence") == 1);
}

TEST_CASE("a table that this role may not read is named with the reason") {
  Forum forum;
  forum.store.change(
      [](MemoryState& state) { state.schema.tables[0].not_exportable = "no right to read it"; });
  const CheckReport report = forum.check();
  REQUIRE(checks(report.findings) == Names{"unreadable"});
  CHECK_THAT(report.findings[0].message, contains("no right to read it"));
}

TEST_CASE("what the engine's own check finds is passed on") {
  Forum forum;
  forum.store.change([](MemoryState& state) {
    state.findings = {
        {"index", TableName{"public", "users"}, "users_email", "invalid", "REINDEX", 0}};
  });
  CHECK(checks(forum.check().findings) == Names{"index"});
}

TEST_CASE("a foreign key that can't be checked is a finding, not a failure") {
  Forum forum;
  forum.store.change([](MemoryState& state) {
    for (Table& table : state.schema.tables)
      for (ForeignKey& key : table.foreign_keys) key.broken = "users(id) has no unique key";
  });
  const CheckReport report = forum.check();
  REQUIRE(checks(report.findings) == Names{"foreign key"});
  CHECK_THAT(report.findings[0].message, contains("users(id) has no unique key"));
}

TEST_CASE("a stop ends a check as interrupted") {
  Forum forum;
  forum.never.request(2);
  try {
    forum.check();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::interrupted);
  }
}
