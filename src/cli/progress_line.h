// A long piece of work in one line: `export 43% 2.6M/6.1M rows 182 MB/s 00:21 left orders`.
#pragma once

#include <chrono>
#include <string>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/value.h"

namespace dbkeeper::cli {

// What isn't known (totals, bytes) or can't be told yet (the rest of the time) is left out.
std::string progress_text(const Progress& progress, std::chrono::duration<double> elapsed);

// The same for programs, as a line of a JSON log.
Value progress_value(const Progress& progress, std::chrono::duration<double> elapsed);

// When to show the next line. Starts over with each activity.
class ProgressClock {
 public:
  using Clock = std::chrono::steady_clock;

  // `steps`: whatever begins that can't be counted is shown at once, for it may take long.
  explicit ProgressClock(Clock::duration interval, bool steps = false)
      : interval_(interval), steps_(steps) {}

  // Whether it is time to show something: as a rule one interval after the last time. What can't
  // be counted and follows another activity (keys after rows) is shown when it begins.
  bool due(const Progress& progress, Clock::time_point now);
  std::chrono::duration<double> elapsed(Clock::time_point now) const { return now - start_; }

 private:
  Clock::duration interval_;
  bool steps_;
  std::string activity_;
  std::string table_;
  Clock::time_point start_;
  Clock::time_point next_;
};

}  // namespace dbkeeper::cli
