#include "engines/postgres/wire_time.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include "engines/postgres/calendar.h"
#include "engines/postgres/wire.h"
#include "engines/postgres/wire_check.h"

namespace dbkeeper::postgres::wire {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

// The server's range (datatype/timestamp.h): 4714-11-24 BC to 5874897-12-31, 294276-12-31.
constexpr std::int64_t kFirstDay = -2'451'545;
constexpr std::int64_t kEndOfDates = 2'145'031'949;
constexpr std::int64_t kEndOfTimestamps = 9'223'371'331'200'000'000;

template <class Number>
constexpr Number kInfinity = std::numeric_limits<Number>::max();
template <class Number>
constexpr Number kMinusInfinity = std::numeric_limits<Number>::min();

// Text being written, no more than a cell of ours needs.
class Writer {
 public:
  explicit Writer(Batch& batch) : batch_(batch), begin_(batch.add_space(CellKind::plain, kRoom)) {
    end_ = begin_;
  }
  ~Writer() { batch_.shrink_last(static_cast<std::size_t>(end_ - begin_)); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void put(char c) { *end_++ = c; }
  void put(std::string_view text) {
    for (const char c : text) put(c);
  }
  void two(std::int64_t number) {
    put(static_cast<char>('0' + number / 10));
    put(static_cast<char>('0' + number % 10));
  }
  void date(const CivilDate& date) {
    const std::int64_t year = date.year > 0 ? date.year : 1 - date.year;
    if (year < 10'000) {
      two(year / 100);
      two(year % 100);
    } else {
      end_ = std::to_chars(end_, begin_ + kRoom, year).ptr;
    }
    put('-');
    two(date.month);
    put('-');
    two(date.day);
  }
  void time(std::int64_t microseconds) {
    two(microseconds / kHour);
    put(':');
    two(microseconds / kMinute % 60);
    put(':');
    two(microseconds / kSecond % 60);
    fraction(microseconds % kSecond);
  }

 private:
  static constexpr std::size_t kRoom = 48;

  // Zeros at the end are left out, as the engine does.
  void fraction(std::int64_t microseconds) {
    if (microseconds == 0) return;
    put('.');
    for (std::int64_t unit = kSecond / 10; microseconds > 0; unit /= 10) {
      put(static_cast<char>('0' + microseconds / unit));
      microseconds %= unit;
    }
  }

  Batch& batch_;
  char* begin_;
  char* end_;
};

bool has_iso_form(const CivilDate& date) { return date.year > 0 && date.year < 10'000; }

void write_timestamp(std::int64_t value, bool with_zone, Batch& batch) {
  std::int64_t days = value / kDay;
  std::int64_t time = value % kDay;
  if (time < 0) {
    time += kDay;
    --days;
  }
  const CivilDate date = civil_of(days);
  const bool iso = has_iso_form(date);
  Writer out(batch);
  out.date(date);
  out.put(iso ? 'T' : ' ');
  out.time(time);
  if (with_zone) out.put(iso ? "Z" : "+00");
  if (date.year <= 0) out.put(" BC");
}

void decode_moment(std::string_view bytes, bool with_zone, Batch& batch) {
  expect_size(bytes, 8, "timestamp");
  const std::int64_t value = int64_at(bytes.data());
  if (value == kInfinity<std::int64_t>) return batch.add(CellKind::plain, "infinity");
  if (value == kMinusInfinity<std::int64_t>) return batch.add(CellKind::plain, "-infinity");
  write_timestamp(value, with_zone, batch);
}

// Text being read. Every step returns false where the text is something else.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool number(int least_digits, int most_digits, std::int64_t& out) {
    int digits = 0;
    out = 0;
    while (digits < most_digits && starts_with_digit()) {
      out = out * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
      ++digits;
    }
    return digits >= least_digits;
  }
  bool date(CivilDate& out) {
    std::int64_t month = 0, day = 0;
    if (!number(4, 7, out.year) || !take('-') || !number(2, 2, month) || !take('-') ||
        !number(2, 2, day))
      return false;
    out.month = static_cast<int>(month);
    out.day = static_cast<int>(day);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }
  bool time(std::int64_t& out) {
    std::int64_t hours = 0, minutes = 0, seconds = 0, fraction = 0;
    if (!number(2, 2, hours) || !take(':') || !number(2, 2, minutes)) return false;
    if (take(':')) {
      if (!number(2, 2, seconds)) return false;
      if (take('.') && !micros(fraction)) return false;
    }
    if (minutes > 59 || seconds > 59) return false;
    out = hours * kHour + minutes * kMinute + seconds * kSecond + fraction;
    return out <= kDay;  // 24:00:00 is one
  }
  // T, or a blank with a digit behind it: " BC" may stand there too.
  bool begins_time() {
    if (take('T')) return true;
    if (text_.size() < 2 || text_[0] != ' ' || text_[1] < '0' || text_[1] > '9') return false;
    return take(' ');
  }
  bool at_end_or_era() const { return text_.empty() || text_.front() == ' '; }
  // Z, +00, -03:30, +05:53:28; how far the clock there is ahead of UTC.
  bool offset(std::int64_t& out) {
    out = 0;
    if (take('Z') || take('z')) return true;
    const bool behind = !text_.empty() && text_.front() == '-';
    if (!take('+') && !take('-')) return false;
    std::int64_t hours = 0, minutes = 0, seconds = 0;
    if (!number(2, 2, hours)) return false;
    take(':');
    if (starts_with_digit() && !number(2, 2, minutes)) return false;
    if (take(':') && !number(2, 2, seconds)) return false;
    if (hours > 15 || minutes > 59 || seconds > 59) return false;
    out = (hours * kHour + minutes * kMinute + seconds * kSecond) * (behind ? -1 : 1);
    return true;
  }
  // The year before Christ, if it says so; the end must be there.
  bool era(CivilDate& date) {
    if (take(" BC"))
      date.year = 1 - date.year;
    else if (date.year == 0)
      return false;
    return done();
  }

 private:
  bool starts_with_digit() const {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }
  // Six digits, and zeros behind them.
  bool micros(std::int64_t& out) {
    const std::size_t before = text_.size();
    if (!number(1, 6, out)) return false;
    for (std::size_t digits = before - text_.size(); digits < 6; ++digits) out *= 10;
    while (take('0')) {
    }
    return !starts_with_digit();
  }

  std::string_view text_;
};

// Days since 2000; nothing for a day that isn't in the calendar.
std::optional<std::int64_t> days_in_calendar(const CivilDate& date) {
  const std::int64_t days = days_of(date);
  const CivilDate back = civil_of(days);
  if (back.month != date.month || back.day != date.day || days < kFirstDay) return std::nullopt;
  return days;
}

bool append_moment(const CellView& cell, bool with_zone, std::string& out) {
  if (!is_text(cell)) return false;
  if (cell.text == "infinity") return append_int64(out, kInfinity<std::int64_t>), true;
  if (cell.text == "-infinity") return append_int64(out, kMinusInfinity<std::int64_t>), true;
  Reader reader(cell.text);
  CivilDate date{};
  std::int64_t time = 0, ahead = 0;
  if (!reader.date(date)) return false;
  if (reader.begins_time()) {
    if (!reader.time(time)) return false;
    if (with_zone && !reader.at_end_or_era() && !reader.offset(ahead)) return false;
  }
  if (!reader.era(date)) return false;
  const auto days = days_in_calendar(date);
  if (!days || *days > kEndOfTimestamps / kDay) return false;
  const std::int64_t value = *days * kDay + time - ahead;
  if (value < kFirstDay * kDay || value >= kEndOfTimestamps) return false;
  append_int64(out, value);
  return true;
}

}  // namespace

void decode_date(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 4, "date");
  const std::int32_t value = int32_at(bytes.data());
  if (value == kInfinity<std::int32_t>) return batch.add(CellKind::plain, "infinity");
  if (value == kMinusInfinity<std::int32_t>) return batch.add(CellKind::plain, "-infinity");
  const CivilDate date = civil_of(value);
  Writer out(batch);
  out.date(date);
  if (date.year <= 0) out.put(" BC");
}

void decode_time(std::string_view bytes, Batch& batch) {
  expect_size(bytes, 8, "time");
  const std::int64_t value = int64_at(bytes.data());
  if (value < 0 || value > kDay) malformed("time");
  Writer(batch).time(value);
}

void decode_timestamp(std::string_view bytes, Batch& batch) { decode_moment(bytes, false, batch); }
void decode_timestamptz(std::string_view bytes, Batch& batch) { decode_moment(bytes, true, batch); }

bool encode_date(const CellView& cell, std::string& out) {
  if (!is_text(cell)) return false;
  if (cell.text == "infinity") return append_int32(out, kInfinity<std::int32_t>), true;
  if (cell.text == "-infinity") return append_int32(out, kMinusInfinity<std::int32_t>), true;
  Reader reader(cell.text);
  CivilDate date{};
  if (!reader.date(date) || !reader.era(date)) return false;
  const auto days = days_in_calendar(date);
  if (!days || *days >= kEndOfDates) return false;
  append_int32(out, static_cast<std::int32_t>(*days));
  return true;
}

bool encode_time(const CellView& cell, std::string& out) {
  if (!is_text(cell)) return false;
  Reader reader(cell.text);
  std::int64_t time = 0;
  if (!reader.time(time) || !reader.done()) return false;
  append_int64(out, time);
  return true;
}

bool encode_timestamp(const CellView& cell, std::string& out) {
  return append_moment(cell, false, out);
}
bool encode_timestamptz(const CellView& cell, std::string& out) {
  return append_moment(cell, true, out);
}

}  // namespace dbkeeper::postgres::wire
