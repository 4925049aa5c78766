// What a comparison of rows has found out about a table so far.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dbkeeper/base/digest.h"
#include "dbkeeper/core/diff.h"
#include "dbkeeper/formats/export_json.h"

namespace dbkeeper {

enum Which { kA, kB };

// A row that differs and will be shown, or several that are equal.
struct Sample {
  Digest key;
  std::array<Digest, 2> row;  // by side; of a row that one side alone has, its own
  RowDifference shown;
  std::array<std::vector<Digest>, 2> columns;  // of a changed row
  bool changed = false;
  std::array<bool, 2> found = {};
};

struct TableFinding {
  std::array<RowTotal, 2> totals;
  std::array<std::uint64_t, 2> only = {};
  std::uint64_t changed = 0;
  std::array<std::vector<Sample>, 2> first_only;
  std::vector<Sample> first_changed;
};

}  // namespace dbkeeper
