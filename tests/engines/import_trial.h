// What the tests of imports say over and over: fill a database, import, look at what became of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/import_run.h"

namespace dbkeeper::testing {

using Cells = std::vector<MemoryRow>;
using Remapped = std::vector<std::pair<std::string, std::string>>;

inline ImportChoice with(Identity identity, ImportMode mode = ImportMode::skip) {
  ImportChoice choice;
  choice.identity = identity;
  choice.mode = mode;
  return choice;
}

inline ImportChoice on_missing(MissingReference what, ImportMode mode = ImportMode::skip) {
  ImportChoice choice = with(Identity::other_source, mode);
  choice.on_missing = what;
  return choice;
}

// Data rows of whole tables.
inline ImportFile file_of(const RowsByTable& rows) {
  ImportFile file;
  for (const auto& [table, cells] : rows) file.data[table].rows = cells;
  return file;
}

// "3: 1 inserted, 2 skipped, 1 remapped": what isn't 0.
std::string said(const ImportCounts& counts);

// An import that has to go well.
ImportOutcome imported(ImportTarget& target, const ImportFile& file, const ImportChoice& choice);

// One that has to be refused as a conflict, with everything as it was: its message. `table`: that
// the error names.
std::string conflict_of(ImportTarget& target, const ImportFile& file, const ImportChoice& choice,
                        const std::string& table);

// The same import again, which has to change nothing.
void import_again(ImportTarget& target, const ImportFile& file, const ImportChoice& choice);

}  // namespace dbkeeper::testing
