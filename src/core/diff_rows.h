// Which rows of tables aren't the same on two sides, in as much memory for few as for many:
//
// 1. Each table's rows are counted and their digests added up: mostly, that is all.
// 2. The tables that differ are read once more, to 48 bytes a row, and these are sorted outside of
//    memory, on both sides by the same order. Walking along both finds what differs.
// 3. The first rows that differ are looked up, to be shown.
#pragma once

#include <string>
#include <vector>

#include "core/row_hasher.h"
#include "dbkeeper/core/diff.h"

namespace dbkeeper {

struct ComparedRows {
  std::string table;
  RowShape shape;
  // Whether a side has all rows: of one that hasn't, none is missed.
  bool all_in_a = true;
  bool all_in_b = true;
};

// In the order of the tables. Requires: both sides are prepared for them.
std::vector<RowsDifference> compare_rows(DiffSide& a, DiffSide& b,
                                         const std::vector<ComparedRows>& tables,
                                         std::size_t sort_memory, Reporter& reporter,
                                         const Stop& stop);

}  // namespace dbkeeper
