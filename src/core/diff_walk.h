// Finds what differs between two sides whose records are sorted.
#pragma once

#include <vector>

#include "core/diff_finding.h"
#include "core/diff_rows.h"
#include "core/record_sorter.h"
#include "dbkeeper/base/stop.h"

namespace dbkeeper {

// Counts, in findings[record.table], the rows of one side alone and those of the same key that
// differ, and notes the first of each. Requires: both are sorted.
void walk(RecordSorter& a, RecordSorter& b, const std::vector<ComparedRows>& tables,
          std::vector<TableFinding>& findings, const Stop& stop);

}  // namespace dbkeeper
