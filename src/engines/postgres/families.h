// What kind of value a built-in type holds.
#pragma once

#include <cstdint>

#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres {

// Arrays are the caller's to know.
Family family_of(std::uint32_t type);

}  // namespace dbkeeper::postgres
