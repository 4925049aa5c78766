// Arrays in the engine's own text form: {1,NULL,3}, [0:1]={a,"b c"}, {{1,2},{3,4}}. Source: the
// server's utils/adt/arrayfuncs.c.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/array.h"

namespace dbkeeper::postgres {

// Reads one after another, keeping the room.
class ArrayTextReader {
 public:
  // `delimiter`: what the element's type has between elements; mostly a comma.
  explicit ArrayTextReader(char delimiter) : delimiter_(delimiter) {}

  // Puts the array together, its elements as text; false if `text` is none.
  bool read(std::string_view text, ArrayBuilder& out);

 private:
  struct Element {
    std::size_t begin;
    std::size_t size;
    bool null;
  };

  bool read_bounds();
  bool read_lower_and_upper();
  bool read_level(std::size_t depth);
  bool read_element();
  bool read_quoted();
  void skip_blanks();
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c);

  const char delimiter_;
  std::string_view rest_;
  std::vector<ArrayDimension> dimensions_;
  std::size_t innermost_ = 0;  // the depth of the elements, from 1; 0: not known yet
  bool bounds_given_ = false;
  std::string bytes_;
  std::vector<Element> elements_;
};

// Appends the array in `bytes` (model/array.h). Every element but NULL is quoted, which is right
// for any type.
void append_array_text(std::string& out, std::string_view bytes, char delimiter);

}  // namespace dbkeeper::postgres
