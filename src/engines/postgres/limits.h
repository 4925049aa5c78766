// What a column's declared length, scale or precision would take from a value in silence: the
// server rounds numeric(5,2) and timestamp(3), and cuts blanks off what is too long for
// varchar(80).
#pragma once

#include <string>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres {

class Limits {
 public:
  explicit Limits(const Type& type);

  // Whether a value passes whole, of an array each element. What the server refuses by itself
  // passes too.
  bool keep_whole(const CellView& cell) const;

 private:
  bool keeps_whole(const CellView& value) const;

  enum class Of { nothing, fraction, length };
  Of of_ = Of::nothing;
  int most_ = 0;  // digits of a fraction, characters
};

}  // namespace dbkeeper::postgres
