// Rows from an engine into an export document, and from a document into an engine.
#pragma once

#include <cstdint>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/export_json.h"

namespace dbkeeper {

// Which rows an export takes along, in which order; printable before anything happens.
struct ExportPlan {
  struct Entry {
    const Table* table;
    std::vector<std::string> columns;  // generated ones left out
  };
  std::vector<Entry> tables;  // parents first
};

// Every table that can be exported and is no migration tool's history. The schema outlives the
// plan.
ExportPlan plan_export(const Schema& schema);

// Writes the document that the plan describes, all of it of the snapshot's one moment.
void write_export(Snapshot& snapshot, const Schema& schema, const ExportPlan& plan,
                  const export_json::Metadata& metadata, export_json::Output output,
                  Reporter& reporter, const Stop& stop);

// Adds every row of the document to the tables of the same name, in the document's order, within
// the transaction; the caller commits. A table or column that the target lacks is Error(conflict).
std::uint64_t read_export(export_json::Reader& reader, Transaction& transaction,
                          const Schema& target, Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
