// Arrays on the wire: dimensions, then the elements, each with its length. See wire.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/array.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/array_text.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres::wire {

// Keeps its room from one array to the next: one thread at a time.
class ArrayCodec {
 public:
  // `from`, `to`: the element's; without `from` the bytes are the array's text form.
  ArrayCodec(const Type& type, Decode from, Encode to);

  void decode(std::string_view bytes, Batch& batch);
  // Requires: there is a `to`. A text is taken for the array's text form.
  bool encode(const CellView& cell, std::string& out);

 private:
  void read_binary(std::string_view bytes);
  void read_elements(std::string_view bytes, std::size_t count);

  const std::uint32_t element_type_;
  const Decode from_;
  const Encode to_;
  ArrayTextReader text_;
  ArrayBuilder array_;
  std::vector<ArrayDimension> dimensions_;
  Batch element_{1};
};

}  // namespace dbkeeper::postgres::wire
