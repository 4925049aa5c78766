// What a row is, in a few bytes: digests over its key and over its values, as exports have them
// (model/row_digest.h), whatever order a side's columns are in.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/record_sorter.h"
#include "dbkeeper/base/buffer.h"
#include "dbkeeper/model/batch.h"

namespace dbkeeper {

// How the rows of a table are compared.
struct RowShape {
  std::vector<std::string> columns;  // that both sides have
  std::vector<std::string> key;      // among them, those of the primary key; empty: there is none
};

class RowHasher {
 public:
  // `in_batch`: the columns that batches have, all of the shape's among them.
  RowHasher(const RowShape& shape, const std::vector<std::string>& in_batch);

  // Of the shape's columns, in the order of their names.
  Digest row(const Batch& batch, std::size_t at);
  // A row without a key, or with a NULL in it, is its own key. The order is that of the key's first
  // column, or else of the first one, as far as eight bytes tell it.
  RowRecord record(const Batch& batch, std::size_t at);
  Digest column(const Batch& batch, std::size_t at, const std::string& name);

  // Where a column of the shape stands in the batches.
  std::size_t place(const std::string& name) const;

 private:
  Digest digest(const Batch& batch, std::size_t at, const std::vector<std::size_t>& columns);

  std::vector<std::string> in_batch_;
  std::vector<std::size_t> columns_;  // places, in the order of names
  std::vector<std::size_t> key_;      // places, in the key's order
  std::optional<std::size_t> order_by_;
  Buffer bytes_;
};

}  // namespace dbkeeper
