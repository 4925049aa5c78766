// An equality that doesn't depend on the search_path.
#pragma once

#include <string>

namespace dbkeeper::postgres {

struct Equality {
  std::string operation;  // OPERATOR(pg_catalog.=)
  std::string collation;  // with " COLLATE ", or empty
};

}  // namespace dbkeeper::postgres
