// Dates and times in two of the forms that applications without a type for them use: ISO 8601 text,
// and numbers of days, seconds or milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// A text taken apart; the pieces are of the text itself, but for seconds that it leaves out.
struct Moment {
  std::string date;    // 2026-01-02; empty if the text has none
  std::string time;    // 03:04:05, 03:04:05.678; empty if it has none
  std::string offset;  // from UTC: Z, +02:00, -0330; empty if it has none

  bool at_midnight() const;  // or without a time of day
  bool is_utc() const;       // offset Z, +00:00 or the like
};

// Nothing for what isn't a date, a time or both, is no day of the calendar, or has a part of a
// second smaller than a microsecond.
std::optional<Moment> parse_moment(std::string_view text);

// Whether a text is a date or time for which ISO 8601 has no form: infinity, BC, years over 9999.
bool is_beyond_iso(std::string_view text);

// The moment so many microseconds after 1970 in UTC, which is its offset. Requires: years 1 to
// 9999.
Moment moment_at(std::int64_t microseconds);

// What the numbers of one column mean as moments. SQLite documents two readings
// (https://www.sqlite.org/lang_datefunc.html): a float is a Julian day, an integer Unix seconds.
// JavaScript's milliseconds are found in practice. A number is taken only if one reading alone is
// likely: docs/type-mapping.md has the ranges.
class NumberedMoments {
 public:
  // `milliseconds`: integers are that, whatever their size.
  explicit NumberedMoments(bool milliseconds) : only_milliseconds_(milliseconds) {}

  struct Reading {
    std::optional<std::int64_t> microseconds;  // after 1970
    std::string why_not;                       // a predicate
  };
  Reading read(std::int64_t number);
  Reading read(double number);

 private:
  enum class Unit { unknown, days, seconds, milliseconds };

  Reading in(Unit unit, std::int64_t microseconds);
  std::optional<Unit> unit_of(double number) const;

  const bool only_milliseconds_;
  Unit unit_ = Unit::unknown;  // of the numbers read so far
};

}  // namespace dbkeeper
