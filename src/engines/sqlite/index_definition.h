// What the text of a CREATE INDEX says and SQLite's catalog tables don't.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::sqlite {

struct IndexDefinition {
  // What is indexed, column names or expressions as they stand, without collation and order.
  std::vector<std::string> parts;
  std::string predicate;  // of a partial index
};

// Requires: SQL that SQLite has accepted; of any other, some of it.
IndexDefinition parse_index(std::string_view sql);

}  // namespace dbkeeper::sqlite
