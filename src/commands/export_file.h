// What the commands that make and read exports share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/verify.h"

namespace dbkeeper {

// An export that was read to its end.
struct ExportFile {
  std::string name;        // "stdin" for -
  std::int64_t bytes = 0;  // on the disk; of stdin: the document's
  VerifiedExport content;
};

// Reads the export `file`, or stdin if that is "-". Whatever is wrong with it is Error(input).
ExportFile read_export_file(const std::string& file, Context& context);

// Each table's rows and digest, by name: of the references, or of all the others.
Value totals_of(const std::vector<TableTotal>& tables, bool references);

// "12 tables, 3,456 rows", references aside.
std::string tables_and_rows(const std::vector<TableTotal>& tables);

}  // namespace dbkeeper
