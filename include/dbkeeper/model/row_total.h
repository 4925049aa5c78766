// What tells whether a table has the same rows, in whatever order.
#pragma once

#include <cstdint>

#include "dbkeeper/base/digest.h"

namespace dbkeeper {

// How many rows, and the sum of their digests.
struct RowTotal {
  std::uint64_t rows = 0;
  Digest sum;

  RowTotal& operator+=(const RowTotal& other) {
    rows += other.rows;
    sum += other.sum;
    return *this;
  }
  bool operator==(const RowTotal&) const = default;
};

}  // namespace dbkeeper
