// In which order the sets of a selection can be found.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "dbkeeper/model/selection.h"

namespace dbkeeper::postgres {

// All rows of the table, whatever refers to them.
inline bool is_whole(const RowSet& rows) { return rows.base == RowSet::Base::all && !rows.without; }

// What brings rows that aren't in its base: nothing, where the base has all.
inline const std::vector<RowSet::Link>& links_of(const RowSet& rows) {
  static const std::vector<RowSet::Link> kNone;
  return rows.base == RowSet::Base::all ? kNone : rows.referred_by;
}

// The set `target` and all those behind it, each after those behind it; sets that lead to one
// another in a circle stand together.
std::vector<std::vector<std::size_t>> in_order(
    std::size_t target, const std::function<std::vector<std::size_t>(std::size_t)>& behind);

}  // namespace dbkeeper::postgres
