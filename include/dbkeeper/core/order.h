// In which order tables are written so that every row finds its parents there.
#pragma once

#include <cstddef>
#include <vector>

#include "dbkeeper/model/schema.h"

namespace dbkeeper {

struct TableOrder {
  // Indexes into Schema::tables, parents before children; the same for the same schema however its
  // tables were listed. A partitioned table stands directly before its partitions.
  std::vector<std::size_t> sequence;
  // Groups of two or more tables that refer to one another in a circle, each in its place of the
  // sequence; within one, keys that may be NULL are the ones that point forward where possible.
  std::vector<std::vector<std::size_t>> cycles;
};

TableOrder order_tables(const Schema& schema);

}  // namespace dbkeeper
