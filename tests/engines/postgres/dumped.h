// A database as text, to be compared with another.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/run.h"
#include "support/scratch.h"

namespace dbkeeper::testing {

// What pg_dump writes, rows in some order of their own, without what differs from dump to dump.
inline std::string dumped(const std::string& url) {
  const Run dump = run({"-d", url, "--inserts"}, {.binary = postgres_programs() / "pg_dump"});
  INFO(dump.err);
  REQUIRE(dump.exit == 0);
  std::vector<std::string> rows;
  std::string out;
  std::istringstream lines(dump.out);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("INSERT INTO "))
      rows.push_back(line);
    else if (line.find("restrict ") == line.npos)
      out += line + '\n';
  std::sort(rows.begin(), rows.end());
  for (const std::string& row : rows) out += row + '\n';
  return out;
}

}  // namespace dbkeeper::testing
