// Rows out of a database into an export document, over several readers of one moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/export_plan.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/export_json.h"

namespace dbkeeper {

struct ExportReport {
  std::vector<TableTotal> tables;  // in the document's order
  std::uint64_t bytes = 0;         // of the document, before any compression
};

// Of which the database says that it is, or else now.
std::chrono::system_clock::time_point moment_of(const DatabaseInfo& info);

// What the document says about itself. `moment`: when the snapshot was taken.
export_json::Metadata describe_moment(std::chrono::system_clock::time_point moment,
                                      const DatabaseInfo& info, Snapshot& snapshot,
                                      const Schema& schema, const ExportPlan& plan);

// Of tables that are exported as a whole; an estimate.
std::uint64_t expected_rows(const ExportPlan& plan);

// Writes the document that the plan describes, all of it of the snapshot's one moment, with at most
// `readers` of them at once. Whatever fails, the document lacks its end.
// Requires: one reader unless the engine has capabilities().parallel_readers.
ExportReport write_export(Snapshot& snapshot, const Schema& schema, const ExportPlan& plan,
                          const export_json::Metadata& metadata, export_json::Output output,
                          int readers, Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
