// PostgreSQL's own pg_dump, which knows every kind of object of its server.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

class PgDump {
 public:
  // The one among those installed that fits the server best: of its major version, else the next
  // newer. Error(failed) says what to install where there is none.
  PgDump(Session& session, const Stop& stop);

  // What it writes to stdout, called with these arguments for the session's database, with its
  // rights. Error(failed) with what it complains of, and the hint kNoLockLeft if that is it;
  // Error(refused) if it is a lock that others have. Threads: any.
  std::string run(std::vector<std::string> arguments) const;

 private:
  const std::filesystem::path program_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::vector<std::string> without_;  // variables that would lead it elsewhere
  std::string network_patience_;      // libpq's parameters
  const Stop& stop_;
};

}  // namespace dbkeeper::postgres
