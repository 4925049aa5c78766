// Opening a database in a test that is not about how that is reported or interrupted.
#pragma once

#include <memory>
#include <string>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/connect.h"

namespace dbkeeper::testing {

class SilentReporter : public Reporter {
 public:
  void debug(std::string_view) override {}
  void info(std::string_view) override {}
  void warn(std::string_view) override {}
  void progress(const Progress&) override {}
};

inline OpenOptions open_options(Access access) {
  static SilentReporter reporter;
  static const Stop stop;
  OpenOptions options;
  options.access = access;
  options.reporter = &reporter;
  options.stop = &stop;
  return options;
}

inline std::unique_ptr<Database> open(const std::string& address, Access access = Access::read) {
  return open_database(address, open_options(access));
}

}  // namespace dbkeeper::testing
