#include "cli/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/text.h"

namespace dbkeeper::cli {
namespace {

// 812, 2.6K, 43K, 2.6M
std::string short_count(std::uint64_t number) {
  constexpr std::array<const char*, 5> kUnits = {"", "K", "M", "G", "T"};
  double size = static_cast<double>(number);
  std::size_t unit = 0;
  for (; size >= 999.5 && unit + 1 < kUnits.size(); ++unit) size /= 1000;
  return unit > 0 && size < 9.95 ? fmt::format("{:.1f}{}", size, kUnits[unit])
                                 : fmt::format("{:.0f}{}", size, kUnits[unit]);
}

std::string clock_time(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::min(seconds + 0.5, 359'999.0));
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{:02}:{:02}", whole / 60, whole % 60);
}

// A total may be an estimate that turns out too low.
double share_done(const Progress& progress) {
  return std::min(1.0,
                  static_cast<double>(progress.rows) / static_cast<double>(progress.total_rows));
}

}  // namespace

std::string progress_text(const Progress& progress, std::chrono::duration<double> elapsed) {
  std::string out(progress.activity);
  const double seconds = elapsed.count();
  const bool total_known = progress.total_rows > 0;
  if (total_known)
    out += fmt::format(" {:.0f}% {}/{} rows", 100 * share_done(progress),
                       short_count(progress.rows), short_count(progress.total_rows));
  else if (progress.rows > 0)
    out += fmt::format(" {} rows", short_count(progress.rows));
  if (progress.bytes > 0 && seconds > 0)
    out += fmt::format(
        " {}/s",
        human_size(static_cast<std::int64_t>(static_cast<double>(progress.bytes) / seconds)));
  if (total_known && progress.rows > 0 && seconds >= 1) {
    const double done = share_done(progress);
    out += fmt::format(" {} left", clock_time(seconds * (1 - done) / done));
  }
  if (!progress.table.empty()) out += fmt::format(" {}", progress.table);
  return out;
}

Value progress_value(const Progress& progress, std::chrono::duration<double> elapsed) {
  Value out = Value::object();
  out.set("activity", progress.activity).set("table", progress.table).set("rows", progress.rows);
  if (progress.total_rows > 0) out.set("total_rows", progress.total_rows);
  return std::move(out.set("bytes", progress.bytes).set("elapsed", elapsed.count()));
}

bool ProgressClock::due(const Progress& progress, Clock::time_point now) {
  const bool countable = progress.rows > 0 || progress.bytes > 0;
  const bool follows = !activity_.empty();
  const bool begins = progress.activity != activity_;
  const bool next_step = begins || progress.table != table_;
  activity_ = progress.activity;
  table_ = progress.table;
  if (begins) {
    start_ = now;
    next_ = now + interval_;
  }
  if (!countable && next_step && (steps_ || (begins && follows))) return true;
  if (now < next_) return false;
  next_ = now + interval_;
  return true;
}

}  // namespace dbkeeper::cli
