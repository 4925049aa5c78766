// What a column may be expected to hold, from the type that its table declares.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/schema.h"

namespace dbkeeper::sqlite {

// https://www.sqlite.org/datatype3.html#determination_of_column_affinity
// Requires: the type of a column that isn't ANY in a STRICT table, which has no affinity.
Affinity affinity(std::string_view declared);

// By the names that frameworks give their types, else by the affinity.
Type column_type(std::string_view declared);

}  // namespace dbkeeper::sqlite
