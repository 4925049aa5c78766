// Tables all of whose rows are where the file has them.
#pragma once

#include <vector>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// A file is often imported again, or into the database that it comes from. Whether each row of the
// group is found under its own key, with what would find it and what it refers to the same: then
// found() is filled, compared, and the tables are settled; no rule could have come to another end.
// Else nothing is done. Requires: the groups before it are done.
bool settle_as_expected(Workspace& work, const std::vector<std::size_t>& group);

// The same of tables whose rows were found by all the rules.
void settle_as_found(Workspace& work, const std::vector<std::size_t>& group);

}  // namespace dbkeeper::staging
