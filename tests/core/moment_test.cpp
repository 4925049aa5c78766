// Times as text and as bare numbers: what is read, and what could mean several things.
#include "core/moment.h"

#include <cmath>
#include <limits>

#include "support/catch.h"
#include "support/seed.h"

namespace dbkeeper::testing {
namespace {

// "date|time|offset"
std::string parts(std::string_view text) {
  const auto moment = parse_moment(text);
  return moment ? moment->date + "|" + moment->time + "|" + moment->offset : "none";
}

std::string whole(const Moment& moment) { return moment.date + "T" + moment.time; }

template <class Number>
std::string read(Number number, bool milliseconds = false) {
  NumberedMoments numbers(milliseconds);
  const auto reading = numbers.read(number);
  if (!reading.microseconds) return reading.why_not;
  return whole(moment_at(*reading.microseconds));
}

constexpr const char* kAmbiguous =
    "may be seconds or milliseconds since 1970: write it as text first";
constexpr const char* kDayOrSeconds =
    "may be a Julian day or seconds since 1970: write it as text first";
constexpr const char* kNeither = "is no Julian day or time since 1970: write it as text first";

}  // namespace

TEST_CASE("ISO 8601 comes apart in each of its usual notations") {
  CHECK(parts("2026-01-02") == "2026-01-02||");
  CHECK(parts("2026-01-02 03:04") == "2026-01-02|03:04:00|");
  CHECK(parts("2026-01-02T03:04:05") == "2026-01-02|03:04:05|");
  CHECK(parts("2026-01-02 03:04:05.1200000") == "2026-01-02|03:04:05.12|");
  CHECK(parts("2026-01-02 03:04:05.000") == "2026-01-02|03:04:05|");
  CHECK(parts("2026-01-02T03:04:05Z") == "2026-01-02|03:04:05|Z");
  CHECK(parts("2026-01-02 03:04:05 +0200") == "2026-01-02|03:04:05|+02:00");
  CHECK(parts("2026-01-02 03:04:05-03") == "2026-01-02|03:04:05|-03:00");
  CHECK(parts("2024-02-29") == "2024-02-29||");
  CHECK(parts("03:04") == "|03:04:00|");
  CHECK(parts("24:00:00") == "|24:00:00|");
}

TEST_CASE("what is no moment of the calendar is none") {
  for (const char* text : {"",
                           " ",
                           "now",
                           "2026",
                           "2026-1-2",
                           "2026-02-29",
                           "2026-13-01",
                           "0000-01-01",
                           "2026-01-02 ",
                           "2026-01-02X03:04",
                           "2026-01-02 3:04",
                           "2026-01-02 24:00:00",
                           "2026-01-02 25:00",
                           "2026-01-02 03:60",
                           "2026-01-02 03:04:60",
                           "2026-01-02 03:04:05.",
                           "2026-01-02 03:04:05.1234567",
                           "2026-01-02 03:04:05+",
                           "2026-01-02 03:04:05+16:00",
                           "2026-01-02 03:04:05 Z ",
                           "2026-01-02T03:04:05+02:0",
                           "1767323045",
                           "2026-01-02Z"}) {
    CAPTURE(text);
    CHECK(parts(text) == "none");
  }
}

TEST_CASE("texts that PostgreSQL has and ISO 8601 hasn't are known as such") {
  for (const char* text : {"infinity", "-infinity", "0044-03-15 BC", "12026-01-02 03:04:05+00"})
    CHECK(is_beyond_iso(text));
  for (const char* text : {"2026-01-02", "", "BC", "now", "2026"}) CHECK_FALSE(is_beyond_iso(text));
}

TEST_CASE("a bare number is a time only where one unit alone is likely") {
  CHECK(read(std::int64_t{0}) == "1970-01-01T00:00:00");
  CHECK(read(std::int64_t{1767323045}) == "2026-01-02T03:04:05");
  CHECK(read(std::int64_t{-2208988800}) == "1900-01-01T00:00:00");
  CHECK(read(std::int64_t{7258118399}) == "2199-12-31T23:59:59");
  CHECK(read(std::int64_t{1767323045678}) == "2026-01-02T03:04:05.678");
  CHECK(read(std::int64_t{253402300800}) == "1978-01-11T21:31:40.8");
  CHECK(read(std::int64_t{-63158400000}) == "1968-01-01T00:00:00");
  CHECK(read(std::int64_t{253402300799999}) == "9999-12-31T23:59:59.999");
  for (const std::int64_t number :
       {std::int64_t{7258118400}, std::int64_t{253402300799}, std::int64_t{-2208988801},
        std::int64_t{-62135596800}, std::int64_t{253402300800000}, std::int64_t{1767323045678901},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    CAPTURE(number);
    CHECK(read(number) == kAmbiguous);
  }
  CHECK(read(std::int64_t{2461043}) == kDayOrSeconds);
  CHECK(read(std::int64_t{1721426}) == kDayOrSeconds);
  CHECK(read(std::int64_t{5373485}) == "1970-03-04T04:38:05");
}

TEST_CASE("a float is a Julian day in their range, to the millisecond, else seconds") {
  CHECK(read(2440587.5) == "1970-01-01T00:00:00");
  CHECK(read(1721425.5) == "0001-01-01T00:00:00");
  CHECK(read(2451545.0) == "2000-01-01T12:00:00");
  // SELECT julianday('2026-01-02 03:04:05.678')
  CHECK(read(2461042.62784349537) == "2026-01-02T03:04:05.678");
  CHECK(read(2461042.6278434) ==
        "is a Julian day with a part of a second smaller than a millisecond");
  CHECK(read(1767323045.678) == "2026-01-02T03:04:05.678");
  CHECK(read(1767323045.67890125) == "has a part of a second smaller than a microsecond");
  CHECK(read(1767323045678.0) == "2026-01-02T03:04:05.678");
  for (const double number : {0.5, 86400.5, 1721425.0, 1e11, -1e10, 1e300, -1e300,
                              std::numeric_limits<double>::infinity(), std::nan("")}) {
    CAPTURE(number);
    CHECK(read(number) == kNeither);
  }
}

TEST_CASE("where integers are known to be milliseconds, every one of them is") {
  CHECK(read(std::int64_t{10368000000}, true) == "1970-05-01T00:00:00");
  CHECK(read(std::int64_t{-1}, true) == "1969-12-31T23:59:59.999");
  CHECK(read(std::int64_t{2461043}, true) == "1970-01-01T00:41:01.043");
  CHECK(read(std::int64_t{253402300800000}, true) ==
        "is no time in milliseconds between the years 1 and 9999");
}

TEST_CASE("one column has one unit") {
  NumberedMoments numbers(false);
  CHECK(numbers.read(std::int64_t{1767323045678}).microseconds);
  CHECK(numbers.read(std::int64_t{0}).microseconds);
  CHECK(
      numbers.read(std::int64_t{2678400000}).why_not ==
      "would be in seconds, but others in the column are in milliseconds: write it as text first");
  CHECK(numbers.read(2461042.5).why_not ==
        "would be in Julian days, but others in the column are in milliseconds: write it as text "
        "first");
  CHECK(numbers.read(std::int64_t{1767323045679}).microseconds);
}

TEST_CASE("every moment's text reads back as the moment") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  std::uniform_int_distribution<std::int64_t> any(-62135596800000000, 253402300799999999);
  for (int i = 0; i < rounds(2000); ++i) {
    const std::int64_t micros = any(dice);
    const Moment moment = moment_at(micros);
    CAPTURE(micros, whole(moment));
    const auto back = parse_moment(whole(moment) + moment.offset);
    REQUIRE(back);
    CHECK(whole(*back) == whole(moment));
    CHECK(back->is_utc());
    // As SQLite's own functions number it.
    const std::int64_t second = micros / 1'000'000;
    if (second > 5373485 && second < 7258118400)
      CHECK(read(second) == whole(moment_at(second * 1'000'000)));
    const std::int64_t milliseconds = micros / 1000;
    const double day = static_cast<double>(milliseconds + 210866760000000) / 86400000.0;
    CHECK(read(day) == whole(moment_at(milliseconds * 1000)));
  }
}

}  // namespace dbkeeper::testing
