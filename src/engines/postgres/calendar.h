// The proleptic Gregorian calendar, as the server reckons: in days since 2000-01-01.
#pragma once

#include <cstdint>

namespace dbkeeper::postgres::wire {

struct CivilDate {
  std::int64_t year;  // 0 is 1 BC
  int month;
  int day;
};

inline constexpr std::int64_t kEpoch = 730'425;  // days from 0000-03-01 to 2000-01-01

// Both after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that
// begin in March, so that the leap day comes last.
inline CivilDate civil_of(std::int64_t days_since_2000) {
  const std::int64_t days = days_since_2000 + kEpoch;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t of_era = days - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t march_month = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  return {year + era * 400 + (month <= 2), month,
          static_cast<int>(of_year - (153 * march_month + 2) / 5 + 1)};
}

inline std::int64_t days_of(const CivilDate& date) {
  const std::int64_t year = date.year - (date.month <= 2);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year =
      (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - kEpoch;
}

}  // namespace dbkeeper::postgres::wire
