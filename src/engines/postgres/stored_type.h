// Types as a backup's manifest names them, without the server that knows them by number.
#pragma once

#include "dbkeeper/model/schema.h"

namespace dbkeeper::postgres {

// The type with its number, its elements' too; 0 where it has no number of its own to be told by.
Type with_number(Type described);

}  // namespace dbkeeper::postgres
