// An array as it stands in one cell: its dimensions, then its elements in row-major order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/batch.h"

namespace dbkeeper {

struct ArrayDimension {
  std::int32_t lower = 1;
  std::uint32_t length = 0;

  bool operator==(const ArrayDimension&) const = default;
};

// Puts an array together. An empty array has no dimensions.
//
//   ArrayBuilder array;
//   array.begin({{.lower = 1, .length = 2}});
//   array.add({CellKind::integer, 7});
//   array.add({});
//   batch.add(CellKind::array, array.bytes());
class ArrayBuilder {
 public:
  // Starts over, keeping the room.
  void begin(const std::vector<ArrayDimension>& dimensions);
  // Requires: no array; as many elements as the dimensions say, in the end.
  void add(const CellView& element);
  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads one back. Requires: `bytes` are a builder's, and outlive this.
class ArrayView {
 public:
  explicit ArrayView(std::string_view bytes);

  const std::vector<ArrayDimension>& dimensions() const { return dimensions_; }
  std::size_t size() const;  // number of elements
  // The next element. Requires: called no more than size() times.
  CellView next();

 private:
  std::string_view rest_;
  std::vector<ArrayDimension> dimensions_;
};

}  // namespace dbkeeper
