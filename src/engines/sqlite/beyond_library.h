// What a schema needs that the SQLite in this program doesn't have, or does differently: collations
// and functions of the application's own, functions of later releases, and numbers with a fraction
// as text, which releases write differently. All of it can be copied; not all of it can be judged
// or written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

struct Beyond {
  enum class What { collation, function, fraction_as_text };
  What what;
  std::string table;
  std::string index;  // empty: the table's own checks and generated columns
  std::string name;   // of the collation or function
  std::string since;  // the release that has it: "3.44"; empty: none has

  // "the index 'users_name' needs the collation 'unicase', which only the application has"
  std::string reason() const;
};

// In the main database, by the texts of its tables and indexes.
std::vector<Beyond> beyond_library(Connection& connection);

// The release that brought a function that this library lacks: "3.44"; empty: unknown.
std::string release_with(std::string_view function);

}  // namespace dbkeeper::sqlite
