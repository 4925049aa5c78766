#include "dbkeeper/base/utc.h"

#include "support/catch.h"

using namespace dbkeeper;
using namespace std::chrono_literals;

TEST_CASE("a moment is written in UTC, its parts filled up with zeros") {
  const std::chrono::system_clock::time_point moment(1'767'323'045'007ms);
  CHECK(rfc3339(moment) == "2026-01-02T03:04:05.007Z");
  CHECK(file_stamp(moment) == "20260102T030405Z");
}
