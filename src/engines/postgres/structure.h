// What pg_dump and the catalog say of a database, compared (engines/structure.h).
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/structure.h"

namespace dbkeeper::postgres {

std::vector<std::string> structure_changes(const Structure& before, const Structure& now,
                                           std::size_t most);

}  // namespace dbkeeper::postgres
