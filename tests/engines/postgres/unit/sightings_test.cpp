#include "engines/postgres/sightings.h"

#include "support/catch.h"

namespace dbkeeper::postgres {
namespace {

using namespace std::chrono_literals;

constexpr int kOld = 10, kNew = 20;

Look look(std::chrono::milliseconds time, std::vector<Look::Lock> locks,
          std::vector<Look::Wait> waits = {}) {
  return {std::chrono::steady_clock::time_point(time), std::move(locks), std::move(waits)};
}

}  // namespace

TEST_CASE("a lock is told with its strongest mode and the longest time that it was held") {
  Sightings sightings({kOld});
  sightings.add(look(0ms, {{kNew, "orders", "ShareLock"}, {kOld, "users", "AccessExclusiveLock"}}));
  sightings.add(look(500ms, {{kNew, "orders", "ShareLock"}}));
  sightings.add(look(600ms, {}));
  sightings.add(look(700ms, {{kNew, "orders", "AccessExclusiveLock"}, {kNew, "a", "ShareLock"}}));
  sightings.add(look(800ms, {{kNew, "orders", "AccessExclusiveLock"}}));
  const auto locks = sightings.report().locks;
  REQUIRE(locks.size() == 2);
  CHECK(locks[0].relation == "orders");
  CHECK(locks[0].mode == "ACCESS EXCLUSIVE");
  CHECK(locks[0].stops_readers);
  CHECK(locks[0].seconds == 0.5);
  CHECK(locks[1].relation == "a");
  CHECK(locks[1].mode == "SHARE");
  CHECK_FALSE(locks[1].stops_readers);
}

TEST_CASE("a wait counts from a second on, a break begins it anew") {
  Sightings sightings({kOld});
  sightings.add(look(0ms, {}, {{kNew, kOld, "orders", "pid 10"}}));
  sightings.add(look(900ms, {}, {{kNew, kOld, "orders", "pid 10"}}));
  sightings.add(look(950ms, {}));
  sightings.add(look(1000ms, {}, {{kNew, kOld, "orders", "pid 10"}}));
  CHECK(sightings.report().waits.empty());
  sightings.add(look(3500ms, {}, {{kNew, kOld, "orders", "pid 10"}}));
  const auto waits = sightings.report().waits;
  REQUIRE(waits.size() == 1);
  CHECK(waits[0].pid == kOld);
  CHECK(waits[0].waited == "orders");
  CHECK(waits[0].seconds == 2.5);
  CHECK(waits[0].who == "pid 10");
}

TEST_CASE("a wait counts sooner where the program gives up sooner") {
  Sightings sightings({kOld}, 0.15);
  sightings.add(look(0ms, {}, {{kNew, kOld, "orders", "pid 10"}, {kOld, kNew, "x", ""}}));
  sightings.add(look(100ms, {}, {{kNew, kOld, "orders", "pid 10"}, {kOld, kNew, "x", ""}}));
  CHECK(sightings.report().waits.empty());
  sightings.add(look(200ms, {}, {{kNew, kOld, "orders", "pid 10"}, {kOld, kNew, "x", ""}}));
  REQUIRE(sightings.report().waits.size() == 1);
  CHECK(sightings.report().waits[0].seconds == 0.2);
  CHECK(sightings.report().held_up == 0);
}

TEST_CASE("a wait that was going on at the end counts, however short") {
  Sightings sightings({kOld});
  sightings.add(look(0ms, {}, {{kNew, 11, "users", "pid 11"}}));
  sightings.add(look(50ms, {}, {{kNew, kOld, "orders", "pid 10"}}));
  sightings.add(look(100ms, {}, {{kNew, kOld, "orders", "pid 10"}}));
  CHECK(sightings.report().waits.empty());
  sightings.end();
  const auto waits = sightings.report().waits;
  REQUIRE(waits.size() == 1);
  CHECK(waits[0].pid == kOld);
  CHECK(waits[0].seconds == 0.05);
}

TEST_CASE("sessions of others that waited for the program are counted") {
  Sightings sightings({kOld, 11});
  for (const auto time : {0ms, 2000ms})
    sightings.add(look(
        time, {}, {{kOld, kNew, "orders", ""}, {11, kNew, "orders", ""}, {kOld, 11, "x", ""}}));
  CHECK(sightings.report().waits.empty());
  CHECK(sightings.report().held_up == 2);
  CHECK(sightings.report().longest_held_up == 2);
}

TEST_CASE("a session is shown in a line, its query cut, and nothing of one with a password") {
  CHECK(shown_session(4711, "app", "psql", "idle in transaction", 720, "UPDATE\n  users\tSET x") ==
        "pid 4711 (user app, psql, idle in transaction for 12 min): UPDATE users SET x");
  CHECK(shown_session(1, "", "", "", 0, "") == "pid 1");
  CHECK(shown_session(1, "a", "", "active", 5, "ALTER ROLE a PASSWORD 'x'") ==
        "pid 1 (user a, active for 5 s)");
  const std::string longer = shown_session(1, "", "", "", 0, std::string(119, 'a') + "ä and more");
  CHECK(longer == "pid 1: " + std::string(119, 'a') + "…");
}

}  // namespace dbkeeper::postgres
