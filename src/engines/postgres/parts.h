// A table's heap in parts that can be read beside one another.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/database.h"
#include "engines/postgres/table_holds.h"

namespace dbkeeper::postgres {

// Servers before this one read a whole table for every range of its pages.
inline constexpr int kRangeScans = 140000;

// Ranges of pages of about `bytes` each, the last one open-ended; one part if `ranges` is false.
std::vector<Part> parts_of(const TableName& table, const TableHolds::Storage& storage,
                           std::int64_t bytes, bool ranges);

// ctid >= … AND ctid < …; empty if the part is all of the table.
std::string range_condition(const Part& part);

}  // namespace dbkeeper::postgres
