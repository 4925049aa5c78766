// The writes of an import: tables emptied, rows inserted and updated.
#pragma once

#include <cstdint>
#include <map>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

struct Written {
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t removed = 0;
};

// By number of the plan's table. Requires: rows have their places and final values.
using WrittenRows = std::map<std::size_t, Written>;

// Error(conflict) that names the tables that refer to rows to be removed, though they stay.
void refuse_referrers(const Workspace& work);

void empty_tables(Workspace& work, WrittenRows& written);
void write_tables(Workspace& work, WrittenRows& written);

}  // namespace dbkeeper::staging
