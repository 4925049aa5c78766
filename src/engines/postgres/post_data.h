// Keys, indexes and whatever else comes once the rows are there, over several sessions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "engines/postgres/dump_script.h"
#include "engines/postgres/partition_roots.h"
#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

// Which tables an entry locks, as the script writes them, and whether it leaves them to others that
// do the same.
struct TableLocks {
  std::vector<std::string> tables;
  bool shared = false;
};
TableLocks locks_of(const ScriptEntry& entry);

// Runs a post-data script: unique keys and indexes of different tables side by side, then foreign
// keys, all else in its place. `weights`: how large tables are, by which those that take longest
// begin. `roots`: a foreign key of a partitioned table, or to one, takes the locks of all its
// partitions too. `path`: the search_path for which indexes and views were written, tried where no
// other does. What can't be given is told in `left_out`.
void run_post_data(const std::shared_ptr<Sessions>& sessions,
                   const std::vector<ScriptEntry>& entries,
                   const std::map<std::string, std::uint64_t>& weights,
                   const std::map<TableName, PartitionRoot>& roots, int jobs,
                   const std::string& path, Reporter& reporter, std::vector<std::string>& left_out);

}  // namespace dbkeeper::postgres
