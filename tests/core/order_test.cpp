#include "dbkeeper/core/order.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "core/schemas.h"
#include "support/catch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

std::vector<std::string> names(const Schema& schema, const std::vector<std::size_t>& indexes) {
  std::vector<std::string> out;
  for (const std::size_t at : indexes) out.push_back(schema.tables[at].name.name);
  return out;
}

std::vector<std::string> ordered(const Schema& schema) {
  return names(schema, order_tables(schema).sequence);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("parents stand before children, tables without ties by name") {
  const Schema forum = schema({table("posts", {"threads", "users"}), table("threads", {"users"}),
                               table("users"), table("badges")});
  CHECK(ordered(forum) == Names{"badges", "users", "threads", "posts"});
  CHECK(order_tables(forum).cycles.empty());
}

TEST_CASE("a table that refers to itself is no cycle") {
  const TableOrder order = order_tables(schema({table("folders", {"?folders"})}));
  CHECK(order.sequence.size() == 1);
  CHECK(order.cycles.empty());
}

TEST_CASE("a cycle stands together, and the key that may be NULL points forward") {
  // threads.last_post may be NULL, posts.thread may not: threads go first.
  const Schema forum = schema({table("posts", {"threads"}), table("threads", {"?posts", "users"}),
                               table("users"), table("reports", {"posts"})});
  const TableOrder order = order_tables(forum);
  CHECK(names(forum, order.sequence) == Names{"users", "threads", "posts", "reports"});
  REQUIRE(order.cycles.size() == 1);
  CHECK(names(forum, order.cycles[0]) == Names{"threads", "posts"});
}

TEST_CASE("a cycle of NOT NULL keys begins with the first name, then follows the keys") {
  const Schema ring = schema({table("c", {"a"}), table("b", {"c"}), table("a", {"b"})});
  CHECK(ordered(ring) == Names{"a", "c", "b"});
  CHECK(order_tables(ring).cycles.size() == 1);
}

TEST_CASE("partitions follow their root, and what refers to the root follows them all") {
  Schema parts = schema({table("clicks", {"events"}), table("events", {"users"}), table("users")});
  for (const char* name : {"events_z", "events_a"}) {
    parts.tables.push_back(table(name));
    parts.tables.back().partition_of = TableName{"public", "events"};
  }
  CHECK(ordered(parts) == Names{"users", "events", "events_a", "events_z", "clicks"});
}

TEST_CASE("a key to a table that isn't there doesn't matter") {
  CHECK(ordered(schema({table("a", {"gone"})})) == Names{"a"});
}

TEST_CASE("the order is the same however the catalog lists the tables") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 random = seed.dice();
  for (int round = 0; round < rounds(50); ++round) {
    std::vector<Table> tables;
    const int count = 2 + static_cast<int>(random() % 20);
    for (int i = 0; i < count; ++i) {
      std::vector<std::string> parents;
      for (std::uint64_t keys = random() % 3; keys > 0; --keys)
        parents.push_back((random() % 2 ? "?t" : "t") +
                          std::to_string(random() % static_cast<unsigned>(count)));
      tables.push_back(table("t" + std::to_string(i), parents));
    }
    const Schema first = schema(tables);
    std::shuffle(tables.begin(), tables.end(), random);
    const auto order = ordered(first);
    REQUIRE(ordered(schema(tables)) == order);
    REQUIRE(order.size() == static_cast<std::size_t>(count));

    // Outside cycles, every parent stands before its child.
    const TableOrder whole = order_tables(first);
    for (std::size_t child = 0; child < first.tables.size(); ++child)
      for (const ForeignKey& foreign : first.tables[child].foreign_keys) {
        const auto parent =
            static_cast<std::size_t>(first.find(foreign.references) - first.tables.data());
        const bool together =
            std::any_of(whole.cycles.begin(), whole.cycles.end(), [&](const auto& cycle) {
              return std::count(cycle.begin(), cycle.end(), child) &&
                     std::count(cycle.begin(), cycle.end(), parent);
            });
        if (together || parent == child) continue;
        const auto place = [&](std::size_t at) {
          return std::find(whole.sequence.begin(), whole.sequence.end(), at);
        };
        REQUIRE(place(parent) < place(child));
      }
  }
}

TEST_CASE("two thousand tables in a chain, and in one circle, take well under a second") {
  for (const bool circle : {false, true}) {
    std::vector<Table> tables;
    for (int i = 0; i < 2000; ++i) {
      std::vector<std::string> parents;
      if (i > 0)
        parents.push_back("t" + std::to_string(i - 1));
      else if (circle)
        parents.push_back("t1999");
      tables.push_back(table("t" + std::to_string(i), parents));
    }
    const Schema large = schema(std::move(tables));
    const auto before = std::chrono::steady_clock::now();
    const TableOrder order = order_tables(large);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(500));
    CHECK(order.sequence.size() == 2000);
    CHECK(order.cycles.size() == (circle ? 1u : 0u));
    if (!circle) CHECK(large.tables[order.sequence.back()].name.name == "t1999");
  }
}
