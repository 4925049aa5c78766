// A table's rows on their way into another engine's table. See cell_conversion.h.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/cell_conversion.h"

namespace dbkeeper {

class BatchConversion {
 public:
  // Told of each value that can't be held: its column and row, as a predicate why.
  using Refuse = std::function<void(std::size_t column, const std::string& why, const Batch& batch,
                                    std::size_t row)>;

  // `columns`: those that the batches carry, in their order; both tables have them.
  BatchConversion(const Table& from, const Table& to, const std::vector<std::string>& columns,
                  const ForeignValues& values, Refuse refuse);

  // The same rows for the other table, until the next call: NULL where a value was refused.
  const Batch& convert(const Batch& batch);
  bool has_refused() const { return refused_; }

 private:
  std::vector<std::unique_ptr<CellConverter>> converters_;
  const Refuse refuse_;
  bool refused_ = false;
  Batch converted_;
};

}  // namespace dbkeeper
