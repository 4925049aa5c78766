// The dice of a property test. A failure prints the seed; DBKEEPER_TEST_SEED replays it, and
// DBKEEPER_TEST_ROUNDS makes the test run longer.
//
//   const Seed seed;
//   INFO(seed.hint());
//   std::mt19937_64 dice = seed.dice();
//   for (int i = 0; i < rounds(1000); ++i) …
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace dbkeeper::testing {

class Seed {
 public:
  Seed() {
    const char* given = std::getenv("DBKEEPER_TEST_SEED");
    value_ = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  }

  std::uint64_t value() const { return value_; }
  std::string hint() const { return "replay with DBKEEPER_TEST_SEED=" + std::to_string(value_); }
  std::mt19937_64 dice() const { return std::mt19937_64(value_); }

 private:
  std::uint64_t value_;
};

// How often to throw: `usual` times in a test run, DBKEEPER_TEST_ROUNDS times that in a soak.
inline int rounds(int usual) {
  const char* times = std::getenv("DBKEEPER_TEST_ROUNDS");
  const int factor = times ? std::atoi(times) : 1;
  return usual * (factor > 0 ? factor : 1);
}

}  // namespace dbkeeper::testing
