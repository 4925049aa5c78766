// A selection's rows in one statement: what rows of other sets refer to is followed within it, so
// that nothing is written anywhere.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/selection.h"

namespace dbkeeper::sqlite {

// Whether the set is all of its table.
bool is_whole(const RowSet& set);

// A SELECT of the set's rows. Its tables are named without an alias where a user's condition is.
// Requires: the conditions were checked; fewer than 500 links lead to the set, directly or not.
std::string select_sql(const Selection& selection, std::size_t set,
                       const std::vector<std::string>& columns);

}  // namespace dbkeeper::sqlite
