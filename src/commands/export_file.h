// Opening an export that the command line names.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace dbkeeper
