// Reading an export back to its last byte: what it holds, and that it is what was written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/inspect.h"
#include "dbkeeper/formats/export_reader.h"

namespace dbkeeper {

struct VerifiedExport {
  export_json::Metadata metadata;
  Schema schema;
  std::vector<TableTotal> tables;  // of every section, in the document's order
  std::uint64_t bytes = 0;         // of the document's text
};

// Throws Error(input) if anything of the document isn't what its writer wrote.
VerifiedExport verify_export(ExportReader& reader, Reporter& reporter, const Stop& stop);

// What an export holds, in the terms in which a database is inspected. `location` is its file, of
// `bytes`.
Inspection inspection_of(const VerifiedExport& file, const std::string& location,
                         std::int64_t bytes);

}  // namespace dbkeeper
