// New numbers for rows whose own belongs to another row of the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Fills the table's numbers(). Moves its sequence unless the run is a dry one. Error(conflict) if a
// key that the database doesn't number is taken. Requires: all of the rows' places and the dropped
// rows are known.
void give_numbers(Workspace& work, std::size_t table);

// The highest number that a column has, in the database or in the file; 0 if that is higher.
std::int64_t highest_number(const Workspace& work, std::size_t table, const std::string& column);

// Sees that the database won't give out the numbers of inserted rows again. Before they are
// written.
void keep_numbers(Workspace& work, std::size_t table);

}  // namespace dbkeeper::staging
