// Whether the keys of rows on their way ascend: then no two of them are the same, and nobody has to
// compare each with every other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::staging {

// Passes rows on to `sink`, and sets `ascending`, which outlives it, to whether each row's primary
// key is an integer, or several, beyond that of the row before.
std::unique_ptr<RowSink> watch_key_order(std::unique_ptr<RowSink> sink, const Table& table,
                                         const std::vector<std::string>& columns, bool& ascending);

}  // namespace dbkeeper::staging
