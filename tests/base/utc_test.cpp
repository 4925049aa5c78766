#include "dbkeeper/base/utc.h"

#include "support/catch.h"

using namespace dbkeeper;
using namespace std::chrono_literals;

TEST_CASE("a moment is written in UTC, its parts filled up with zeros") {
  const std::chrono::system_clock::time_point moment(1'767'323'045'007ms);
  CHECK(rfc3339(moment) == "2026-01-02T03:04:05.007Z");
  CHECK(file_stamp(moment) == "20260102T030405Z");
}

TEST_CASE("a time that was written reads back the same") {
  for (const auto milliseconds : {0ms, 1ms, 1'767'323'045'007ms, 4'102'444'799'999ms, -1ms}) {
    const std::chrono::system_clock::time_point moment(milliseconds);
    CAPTURE(rfc3339(moment));
    CHECK(parse_rfc3339(rfc3339(moment)) == moment);
    CHECK(parse_file_stamp(file_stamp(moment)) == std::chrono::floor<std::chrono::seconds>(moment));
  }
  const std::chrono::system_clock::time_point second(1'767'323'045s);
  CHECK(parse_rfc3339("2026-01-02T03:04:05Z") == second);
  CHECK(parse_rfc3339("2026-01-02T03:04:05.000007Z") == second + 7us);
}

TEST_CASE("what is no time is none") {
  for (const char* text : {"", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05+00:00",
                           "2026-02-30T03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-02T24:04:05Z",
                           "2026-01-02T03:60:05Z", "2026-01-02T03:04:05.Z",
                           "2026-01-02T03:04:05.1xZ", "9999-01-02T03:04:05Z", "20260102T030405Z"})
    CHECK_FALSE(parse_rfc3339(text));
  for (const char* text : {"", "20260102T030405", "20260102T030405Z-2", "20260230T030405Z",
                           "2026x102T030405Z", "20260102 030405Z", "20260102T030405Zx"})
    CHECK_FALSE(parse_file_stamp(text));
}
