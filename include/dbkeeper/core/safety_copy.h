// A copy of a database, made and read back before something destroys data: what takes it back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/export_json.h"

namespace dbkeeper {

struct SafetyCopy {
  std::string file;
  std::uint64_t bytes = 0;         // of the file
  std::vector<TableTotal> tables;  // of every section
};

// A compressed export of every table, migration tools' history included, in `folder`, which is made
// (for the user alone) if it isn't there: <database>_<label>_<time>.json.zst. Whatever is wrong
// with it, the file is gone again, and that is Error(failed).
SafetyCopy make_safety_copy(Database& database, const std::string& folder, std::string_view label,
                            int readers, Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
