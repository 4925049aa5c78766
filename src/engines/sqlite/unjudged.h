// What SQLite's own checks say that isn't to be believed, since this library lacks what the schema
// needs to be judged.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

class Unjudged {
 public:
  explicit Unjudged(Connection& connection);

  // Whether a line of a check speaks of such an index, or of such a table's keys or checks.
  bool is_about(std::string_view line) const;
  // Whether a check can't evaluate all that it comes across.
  bool for_want_of_functions() const { return for_want_of_functions_; }
  // Why what isn't judged, each once.
  const std::set<std::string>& reasons() const { return reasons_; }

 private:
  void add_indexes_of_generated(Connection& connection, const std::string& table);

  std::vector<std::string> endings_;
  std::set<std::string> reasons_;
  bool for_want_of_functions_ = false;
};

}  // namespace dbkeeper::sqlite
