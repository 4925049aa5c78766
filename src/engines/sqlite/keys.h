// Primary keys, unique keys and foreign keys of a catalog.
#pragma once

#include "engines/sqlite/catalog.h"

namespace dbkeeper::sqlite {

// Requires: the catalog's tables and columns are read.
void read_keys(Connection& connection, Catalog& catalog);

// Requires: the keys are read.
void read_foreign_keys(Connection& connection, Catalog& catalog);

}  // namespace dbkeeper::sqlite
