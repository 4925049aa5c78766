// How far a document is that is being read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "dbkeeper/base/reporter.h"
#include "dbkeeper/formats/row_document.h"

namespace dbkeeper {

// A document tells how many rows it has at its end alone: what comes is reckoned from what came.
inline std::uint64_t rows_to_expect(std::uint64_t rows, double share_read) {
  return std::max(rows, static_cast<std::uint64_t>(static_cast<double>(rows) / share_read));
}

inline Progress reading_progress(std::string_view activity, std::string_view table,
                                 std::uint64_t rows, const RowDocument& document) {
  Progress progress{.activity = activity, .table = table, .rows = rows, .bytes = document.bytes()};
  if (const auto share = document.share_read(); share && *share > 0)
    progress.total_rows = rows_to_expect(rows, *share);
  return progress;
}

}  // namespace dbkeeper
