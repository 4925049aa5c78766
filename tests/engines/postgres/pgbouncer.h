// A connection pooler in front of the test server, for one test.
#pragma once

#include <sys/types.h>

#include <string>

#include "support/scratch.h"

namespace dbkeeper::testing {

class PgBouncer {
 public:
  // `mode`: "session", "transaction". Any user and database of the server can be reached through
  // it.
  explicit PgBouncer(const std::string& mode);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  const std::string& place() const { return place_; }  // 127.0.0.1:PORT

  // The first value of the answer, asked through the pooler.
  std::string ask(const std::string& database, const std::string& sql) const;

 private:
  void end();

  ScratchFolder folder_;
  std::string place_;
  pid_t process_ = -1;
};

}  // namespace dbkeeper::testing
