// Large objects as statements: what makes each, and fills it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct LargeObjects {
  std::vector<std::string> numbers;
  // What makes them, empty, and gives each its owner, rights, comment and labels: entries as those
  // of pg_dump, which from version 17 on writes them with the rows alone. Empty if there are none.
  std::string script;
};

LargeObjects large_objects(Session& session);

// Pieces of whole statements, a line each.
void read_large_objects(Session& session, const std::vector<std::string>& numbers,
                        const std::function<void(std::string_view piece)>& take);

}  // namespace dbkeeper::postgres
