// A value on its way to an option, and where it came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dbkeeper::cli {

struct Origin {
  std::string text;       // "--db", "DATABASE_URL in .env", "dbkeeper.toml:3", "default"
  std::int64_t line = 0;  // of the config file; 0 where it came from elsewhere
};

struct Assignment {
  std::string key;                  // OptionInfo::key()
  std::vector<std::string> values;  // "true" for a flag
  Origin origin;
};

}  // namespace dbkeeper::cli
