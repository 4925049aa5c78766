// References that lead nowhere.
#pragma once

#include <cstdint>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// on_missing skip: fills dropped() with the rows that are to be written and whose references are
// missing, and with those that need them. Requires: every group has been found.
void drop_rows(Workspace& work);

// Error(conflict) that tells all missing references of rows that are to be written, with some of
// their values; on_missing null: of those that can't be NULL.
void refuse_missing(const Workspace& work);

// The same of rows that are in their tables already: of all references that the tables' own keys
// have, none of which looks.
void refuse_missing(Dialect& dialect, const ImportPlan& plan,
                    const std::vector<const Table*>& tables);

// How many references of a table's written rows become NULL.
std::int64_t count_nulled(const Workspace& work, std::size_t table);

}  // namespace dbkeeper::staging
