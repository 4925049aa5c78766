// From a JSON array to an array's bytes (model/array.h): one level of brackets a dimension.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/array.h"
#include "dbkeeper/model/schema.h"
#include "formats/export_json/json_cursor.h"
#include "formats/export_json/raw_cell.h"

namespace dbkeeper::export_json {

class ArrayParser {
 public:
  // Takes an array; its bytes live until the next call. `lower`: the JSON array that says where
  // each dimension begins; null: all at 1.
  std::string_view parse(JsonCursor& in, Family element, const std::string_view* lower);

 private:
  void dimension(JsonCursor& in, std::size_t depth, Family element);
  void element(JsonCursor& in, std::size_t depth, Family family);
  std::vector<ArrayDimension> dimensions(const JsonCursor& in, const std::string_view* lower) const;

  std::vector<std::uint32_t> lengths_;  // by depth; the first one seen, which the others must have
  std::size_t leaf_depth_ = 0;          // how deep the elements stand; 0: none seen yet
  std::vector<RawCell> elements_;
  std::string scratch_;
  ArrayBuilder array_;
};

}  // namespace dbkeeper::export_json
