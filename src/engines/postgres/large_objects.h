// Large objects as statements: what makes each, and fills it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct LargeObject {
  std::string oid;
  std::string owner;
};

std::vector<LargeObject> large_objects(Session& session);

// Pieces of whole statements, a line each.
void read_large_objects(Session& session, const std::vector<LargeObject>& objects,
                        const std::function<void(std::string_view piece)>& take);

}  // namespace dbkeeper::postgres
