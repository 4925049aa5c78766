// Which values of two moments of a database aren't the same: what a count of rows and values can't
// tell, since nothing is fewer. A text cut short, a column emptied, rows exchanged for others.
//
//   const auto copy = database_side(*backup, "before", stop), live = database_side(*now, …);
//   for (const OtherValues& column : value_changes(*copy, *live, names, {}, reporter, stop).others)
//     …
//
// Memory doesn't grow with the number of rows: what doesn't fit is sorted in a temporary file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/base/stop.h"
#include "dbkeeper/core/diff.h"

namespace dbkeeper {

struct OtherValues {
  std::string table, column;  // the table as display() writes it
  std::uint64_t count = 0;    // of the values from before, in rows that are still there: others now
  std::uint64_t nulled = 0;   // likewise: NULL now
};

struct ValueChanges {
  // By table, then in the order of columns. A row is found again by its primary key; rows whose key
  // is gone, and that nothing but other rows has come for, count as other values of the key's first
  // column. Without a key a column's values are compared as a whole, whichever rows they are in.
  std::vector<OtherValues> others;
  // Columns whose type has changed so that their values can't be told to be the same.
  std::vector<NotCompared> not_compared;
};

// Of the columns that both sides have, of those of these tables that both have and would compare.
// Of a column of another type than before, numbers and texts are compared by what they say: 5 is
// '5', and 5.00. Values where there were none before are no change, nor are rows that are gone or
// new: those are counted elsewhere (core/ledger.h).
ValueChanges value_changes(DiffSide& before, DiffSide& now, const std::vector<std::string>& tables,
                           std::size_t sort_memory, Reporter& reporter, const Stop& stop);

}  // namespace dbkeeper
