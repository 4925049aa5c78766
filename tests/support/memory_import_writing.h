// New numbers, and the database as the import leaves it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/memory_import_finding.h"

namespace dbkeeper::testing::model {

// Gives the rows to be inserted whose primary key is taken a new one. What can't get one is
// returned.
std::vector<Error> assign_numbers(Work& work);

// The places where two references of a row lead to different values of a column.
std::vector<Error> torn_references(const Work& work);

struct Written {
  MemoryState state;
  // For every row of the file that is in the database now: where. By table of the plan.
  std::vector<std::map<const FileRow*, std::size_t>> places;
  std::vector<ImportCounts> counts;  // by table of the plan
  // Whether a key is taken over from a row that gives it up in the same import: whether that works
  // depends on the order of writing.
  bool depends_on_order = false;
};

Written write(const Work& work);

}  // namespace dbkeeper::testing::model
