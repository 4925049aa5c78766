// A cell as reports show it: readable, and cut where it is long.
#pragma once

#include <string>

#include "dbkeeper/base/value.h"
#include "dbkeeper/model/batch.h"

namespace dbkeeper {

// Numbers and booleans as such; texts and the rest as text of at most about 200 bytes, with … where
// more follows; bytes as x'…'. Arrays are lists.
Value value_of(const CellView& cell);

// The same as text for a message: 5, 2.0, 'Ada', x'00ff', (array of 2), NULL.
std::string shown(const CellView& cell);

// Whether a value comes before another in a list for people: numbers by size, texts by bytes.
bool comes_before(const Value& a, const Value& b);

}  // namespace dbkeeper
