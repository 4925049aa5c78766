// How many rows and bytes a catalog's tables have.
#pragma once

#include <string>

#include "engines/sqlite/catalog.h"

namespace dbkeeper::sqlite {

// Counts and measures in a small file; in a large one, which that would read whole, estimates.
void measure(Connection& connection, Catalog& catalog);

// A name by which the table's rowid can be asked for; empty if columns have taken all of them.
std::string rowid_name(const Table& table);

}  // namespace dbkeeper::sqlite
