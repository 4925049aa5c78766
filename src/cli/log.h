// Everything that goes to stderr: lines for people or, one JSON object a line, for programs; and
// the progress line, which gives way to them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cli/progress_line.h"
#include "cli/redactor.h"
#include "cli/style.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/reporter.h"

namespace spdlog {
class logger;
}

namespace dbkeeper::cli {

// Threads: every call may come from any thread.
class Log : public Reporter {
 public:
  // `redactor` outlives the log.
  Log(const Style& style, const Redactor& redactor);
  ~Log() override;

  // Requires: no other thread uses the log yet.
  void set_style(const Style& style);

  void debug(std::string_view message) override;
  void info(std::string_view message) override;
  void warn(std::string_view message) override;
  void progress(const Progress& progress) override;  // {}: nothing is under way any more
  void error(const Error& error);
  // Takes the progress line away, for somebody who writes to the terminal himself.
  void make_way();

  // What was warned of so far, secrets hidden.
  std::vector<std::string> warnings() const;

 private:
  void say(std::string_view level, std::string text);
  void write(const std::string& line);
  void redraw(const std::string& line);
  void wipe_progress();

  const Redactor& redactor_;
  mutable std::mutex mutex_;
  Style style_;
  std::unique_ptr<spdlog::logger> lines_;  // made with the first line: most runs write none
  std::vector<std::string> warnings_;
  ProgressClock clock_;
  bool progress_shown_ = false;
};

}  // namespace dbkeeper::cli
