// Rows that are not exported but that exported rows refer to: which ones, and as much of each as an
// import needs to find it again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "dbkeeper/model/selection.h"

namespace dbkeeper {

// The columns that tell a table's rows apart, for tables that declare no such key.
using Matches = std::map<const Table*, std::vector<std::string>>;

// Of "table=column,column" each. Error(usage) if table or column isn't there.
Matches parse_matches(const Schema& schema, const std::vector<std::string>& texts);

struct ReferredRows {
  std::size_t set;  // of the selection
  std::vector<std::string> columns;
};

// Adds a set for each table of which rows are referred to by the sets of kept rows that the
// selection has, without being kept themselves; and so on along foreign keys in natural keys.
std::vector<ReferredRows> add_referred_rows(const Schema& schema, const Matches& matches,
                                            Selection& selection);

// The table that a key leads to, the whole one if it is a partition; null if the key is broken or
// the table isn't there.
const Table* referenced_table(const Schema& schema, const ForeignKey& key);

}  // namespace dbkeeper
