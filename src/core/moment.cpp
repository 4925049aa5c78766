#include "core/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace dbkeeper {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMillisecond = 1'000;

// Years 1 to 9999, in seconds after 1970.
constexpr std::int64_t kFirstSecond = -62'135'596'800;
constexpr std::int64_t kLastSecond = 253'402'300'799;
// 1900 and 2200: seconds outside of these may be meant, but so may milliseconds.
constexpr std::int64_t kFirstLikelySecond = -2'208'988'800;
constexpr std::int64_t kEndOfLikelySeconds = 7'258'118'400;
// The Julian days of 0001-01-01 and 10000-01-01.
constexpr double kFirstDay = 1'721'425.5;
constexpr double kEndOfDays = 5'373'484.5;
constexpr double kMillisecondsADay = 86'400'000.0;
constexpr std::int64_t kMillisecondsUpTo1970 = 210'866'760'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Text being read; every step leaves it alone where the text goes on otherwise.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Digits in a shape: "dddd-dd-dd", every other character standing for itself.
  std::string_view shaped(std::string_view shape) {
    if (text_.size() < shape.size()) return {};
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (shape[i] == 'd' ? !is_digit(text_[i]) : shape[i] != text_[i]) return {};
    return taken(shape.size());
  }
  std::string_view digits() {
    std::size_t count = 0;
    while (count < text_.size() && is_digit(text_[count])) ++count;
    return taken(count);
  }

 private:
  std::string_view taken(std::size_t size) {
    const std::string_view out = text_.substr(0, size);
    text_.remove_prefix(size);
    return out;
  }

  std::string_view text_;
};

void append_digits(std::string& out, std::int64_t number, std::size_t digits) {
  out.append(digits, '0');
  for (std::size_t at = out.size(); number > 0; number /= 10)
    out[--at] = static_cast<char>('0' + number % 10);
}

int number_at(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

bool is_in_calendar(std::string_view date) {
  using namespace std::chrono;
  const int year_number = number_at(date, 0) * 100 + number_at(date, 2);
  return year_number > 0 &&
         year_month_day(year(year_number), month(static_cast<unsigned>(number_at(date, 5))),
                        day(static_cast<unsigned>(number_at(date, 8))))
             .ok();
}

// "03:04" or "03:04:05.678" as "03:04:05.678"; empty if it is no time of a day.
std::string read_time(Reader& in) {
  const std::string_view minutes = in.shaped("dd:dd");
  if (minutes.empty()) return {};
  std::string time(minutes);
  const std::string_view seconds = in.shaped(":dd");
  time += seconds.empty() ? std::string_view(":00") : seconds;
  if (!seconds.empty() && in.take('.')) {
    std::string_view fraction = in.digits();
    if (fraction.empty()) return {};
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    if (fraction.size() > 6) return {};
    if (!fraction.empty()) time.append(".").append(fraction);
  }
  const bool in_day = number_at(time, 0) < 24 && number_at(time, 3) < 60 && number_at(time, 6) < 60;
  return in_day || time == "24:00:00" ? time : std::string();
}

bool read_offset(Reader& in, std::string& out) {
  in.take(' ');
  if (in.take('Z') || in.take('z')) return out = "Z", true;
  const char sign = in.take('+') ? '+' : in.take('-') ? '-' : '\0';
  const std::string_view hours = sign ? in.shaped("dd") : std::string_view();
  if (hours.empty()) return false;
  out = fmt::format("{}{}:", sign, hours);
  in.take(':');
  const std::string_view minutes = in.shaped("dd");
  out += minutes.empty() ? std::string_view("00") : minutes;
  return number_at(out, 1) <= 15 && number_at(out, 4) < 60;
}

}  // namespace

bool Moment::at_midnight() const { return time.empty() || time == "00:00:00"; }
bool Moment::is_utc() const { return offset == "Z" || offset == "+00:00" || offset == "-00:00"; }

std::optional<Moment> parse_moment(std::string_view text) {
  Reader in(text);
  Moment out;
  out.date = in.shaped("dddd-dd-dd");
  if (!out.date.empty() && !is_in_calendar(out.date)) return std::nullopt;
  if (!out.date.empty() && in.done()) return out;
  if (!out.date.empty() && !in.take('T') && !in.take(' ')) return std::nullopt;
  out.time = read_time(in);
  if (out.time.empty() || (!out.date.empty() && out.time == "24:00:00")) return std::nullopt;
  if (!in.done() && !read_offset(in, out.offset)) return std::nullopt;
  return in.done() ? std::optional(out) : std::nullopt;
}

bool is_beyond_iso(std::string_view text) {
  if (text == "infinity" || text == "-infinity") return true;
  const bool digits = text.size() > 4 && std::all_of(text.begin(), text.begin() + 4, is_digit);
  return digits && (is_digit(text[4]) || text.ends_with(" BC"));
}

Moment moment_at(std::int64_t microseconds) {
  using namespace std::chrono;
  const sys_time<std::chrono::microseconds> at{std::chrono::microseconds(microseconds)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const std::int64_t of_day = (at - day).count();
  const std::int64_t second = of_day / kSecond;
  Moment out;
  append_digits(out.date, static_cast<int>(date.year()), 4);
  append_digits(out.date += '-', static_cast<unsigned>(date.month()), 2);
  append_digits(out.date += '-', static_cast<unsigned>(date.day()), 2);
  append_digits(out.time, second / 3600, 2);
  append_digits(out.time += ':', second / 60 % 60, 2);
  append_digits(out.time += ':', second % 60, 2);
  out.offset = "Z";
  if (of_day % kSecond == 0) return out;
  append_digits(out.time += '.', of_day % kSecond, 6);
  out.time.erase(out.time.find_last_not_of('0') + 1);
  return out;
}

NumberedMoments::Reading NumberedMoments::in(Unit unit, std::int64_t microseconds) {
  static constexpr const char* kNames[] = {"", "Julian days", "seconds", "milliseconds"};
  if (unit_ != Unit::unknown && unit_ != unit)
    return {
        std::nullopt,
        fmt::format("would be in {}, but others in the column are in {}: write it as text first",
                    kNames[static_cast<int>(unit)], kNames[static_cast<int>(unit_)])};
  unit_ = unit;
  return {microseconds, {}};
}

// By size alone; none if several are likely, or none is.
std::optional<NumberedMoments::Unit> NumberedMoments::unit_of(double number) const {
  if (number >= static_cast<double>(kFirstLikelySecond) &&
      number < static_cast<double>(kEndOfLikelySeconds))
    return Unit::seconds;
  const bool outside =
      number > static_cast<double>(kLastSecond) || number < static_cast<double>(kFirstSecond);
  const double seconds = number / 1000;
  if (outside && seconds >= static_cast<double>(kFirstSecond) &&
      seconds < static_cast<double>(kLastSecond + 1))
    return Unit::milliseconds;
  return std::nullopt;
}

NumberedMoments::Reading NumberedMoments::read(std::int64_t number) {
  if (number == 0) return {0, {}};  // whatever it counts, but for days, which nobody counts so
  if (only_milliseconds_) {
    if (number / 1000 > kFirstSecond && number / 1000 <= kLastSecond)
      return {number * kMillisecond, {}};
    return {std::nullopt, "is no time in milliseconds between the years 1 and 9999"};
  }
  if (number > static_cast<std::int64_t>(kFirstDay) &&
      number < static_cast<std::int64_t>(kEndOfDays) + 1)
    return {std::nullopt, "may be a Julian day or seconds since 1970: write it as text first"};
  const auto unit = unit_of(static_cast<double>(number));
  if (!unit)
    return {std::nullopt, "may be seconds or milliseconds since 1970: write it as text first"};
  return in(*unit, number * (*unit == Unit::seconds ? kSecond : kMillisecond));
}

NumberedMoments::Reading NumberedMoments::read(double number) {
  if (number >= kFirstDay && number < kEndOfDays) {
    const auto since_day_0 = static_cast<std::int64_t>(number * kMillisecondsADay + 0.5);
    // A day's number carries a millisecond: what is finer would be rounded away.
    const double day_again = static_cast<double>(since_day_0) / kMillisecondsADay;
    if (day_again != number)
      return {std::nullopt, "is a Julian day with a part of a second smaller than a millisecond"};
    return in(Unit::days, (since_day_0 - kMillisecondsUpTo1970) * kMillisecond);
  }
  const bool small = number >= 0 && number < kFirstDay;
  const auto unit = small ? std::nullopt : unit_of(number);
  if (!unit) return {std::nullopt, "is no Julian day or time since 1970: write it as text first"};
  const double scale = static_cast<double>(*unit == Unit::seconds ? kSecond : kMillisecond);
  const double microseconds = std::round(number * scale);
  if (microseconds / scale != number)
    return {std::nullopt, "has a part of a second smaller than a microsecond"};
  return in(*unit, static_cast<std::int64_t>(microseconds));
}

}  // namespace dbkeeper
