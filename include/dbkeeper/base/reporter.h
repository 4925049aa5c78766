// How the layers below the command line tell what they do. They never log or print themselves.
#pragma once

#include <cstdint>
#include <string_view>

namespace dbkeeper {

// Where a long piece of work stands. Totals are 0 where they are not known.
struct Progress {
  std::string_view activity;  // "export"
  std::string_view table;     // what is being worked on
  std::uint64_t rows = 0;
  std::uint64_t total_rows = 0;
  std::uint64_t bytes = 0;
};

// Threads: every call may come from any thread.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void debug(std::string_view message) = 0;
  virtual void info(std::string_view message) = 0;
  // Something the user should know although the work goes on; also part of the JSON report.
  virtual void warn(std::string_view message) = 0;
  // Cheap enough to call once a batch.
  virtual void progress(const Progress& progress) = 0;
};

}  // namespace dbkeeper
