#include "dbkeeper/base/duration.h"

#include "support/catch.h"

using dbkeeper::human_age;
using dbkeeper::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their unit") {
  CHECK(parse_duration("10s") == 10s);
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("2m") == 2min);
  CHECK(parse_duration("26h") == 26h);
  CHECK(parse_duration("30d") == 720h);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("0") == 0ms);
  CHECK(parse_duration("0s") == 0ms);
}

TEST_CASE("what is no duration is none") {
  for (const char* text : {"", "10", "s", "-1s", "-0s", "1 s", " 1s", "1s ", "1S", "ten", "nan",
                           "infs", "1e3s", "1e999s", "99999999999999999d", "1ss", "0x1s", "+1s"})
    CHECK_FALSE(parse_duration(text));
}

TEST_CASE("an age is told in the largest unit of which there are two") {
  CHECK(human_age(0ms) == "0 s");
  CHECK(human_age(-300ms) == "0 s");
  CHECK(human_age(119s) == "119 s");
  CHECK(human_age(2min) == "2 min");
  CHECK(human_age(119min) == "119 min");
  CHECK(human_age(47h) == "47 h");
  CHECK(human_age(48h) == "2 days");
  CHECK(human_age(-1h) == "in the future");
}
