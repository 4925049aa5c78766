// The plan of an import, once all of the file's tables have their places.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/core/import_plan.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// A table of the database of which the file has something.
struct PlacedTable {
  const Table* table = nullptr;  // of the database
  const Table* file = nullptr;   // as the file describes it
  bool written = false;
};

struct ImportOrigin {
  std::string source;  // by which the kept map knows it
  bool same = false;   // the file comes from this very database
};

// Error(usage) for options that name what the database doesn't have.
void check_options(const Schema& database, const ImportOptions& options);

// The schemas outlive the plan. Requires: check_options().
ImportPlan plan_import(const Schema& file, const Schema& database,
                       const std::vector<PlacedTable>& placed, const ImportOrigin& origin,
                       const ImportOptions& options);

}  // namespace dbkeeper
