// What a column's declared length, scale, precision or labels have against a value. Much of it the
// server would do in silence: it rounds numeric(5,2) and timestamp(3), and cuts blanks off what is
// too long for varchar(80).
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres {

class Limits {
 public:
  explicit Limits(const Type& type);

  // Whether a value passes whole, of an array each element. What the column's encoder refuses, or
  // the server where there is none, passes too.
  bool keep_whole(const CellView& cell) const { return of_ == Of::nothing || !complaint(cell); }

  // Why it doesn't, as a predicate: "is longer than 80 characters". Null if it does.
  const char* complaint(const CellView& cell) const;

 private:
  enum class Of { nothing, decimal, fraction, length, length_but_blanks, labels };

  const char* complaint_of_value(const CellView& value) const;
  const char* complaint_of_text(std::string_view text) const;
  const char* complaint_of_decimal(std::string_view text) const;
  void set_size(const Type& value);

  Of of_ = Of::nothing;
  int most_ = 0;       // characters, or digits of a fraction
  int precision_ = 0;  // of a decimal: all its digits
  std::set<std::string, std::less<>> labels_;
  std::string too_long_, too_fine_, too_large_, no_label_;
};

}  // namespace dbkeeper::postgres
