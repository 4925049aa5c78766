// The writes of an import: rows inserted and updated.
#pragma once

#include <cstdint>
#include <map>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

struct Written {
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
};

// By number of the plan's table. Requires: rows have their places and final values.
using WrittenRows = std::map<std::size_t, Written>;

WrittenRows write_tables(Workspace& work);

}  // namespace dbkeeper::staging
