// The digest of a table's rows: over their values, so that neither the order of
// rows nor the layout of a file changes it. docs/export-format.md describes it
// byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/buffer.h"
#include "dbkeeper/base/digest.h"
#include "dbkeeper/model/batch.h"

namespace dbkeeper {

class RowDigest {
 public:
  // The columns' names, in the order in which batches have them.
  explicit RowDigest(const std::vector<std::string>& columns);

  void add(const Batch& batch);
  void add(const Batch& batch, std::size_t row);

  std::uint64_t rows() const { return rows_; }
  const Digest& sum() const { return sum_; }

 private:
  std::vector<std::size_t> by_name_;  // column numbers, in the order of their names' bytes
  Buffer row_;
  DigestStream large_row_;
  Digest sum_;
  std::uint64_t rows_ = 0;
};

// Appends one value as the digest takes it: a tag, the length, the canonical
// bytes.
void append_canonical(Buffer& out, const CellView& cell);

}  // namespace dbkeeper
