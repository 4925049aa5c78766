// What was found out about rows before they are written: how many, by what, and which keys change.
#pragma once

#include <functional>
#include <string_view>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Fills keys() of every table whose rows have a primary key, if the plan says that they will be
// told. Requires: final values are known.
void note_keys(Workspace& work);

// What can be counted before anything is written: rows, dropped, skipped, remapped, nulled, …
ImportCounts count_found(const Workspace& work, std::size_t table);

ImportMatches find_matches(const Workspace& work, std::size_t table, std::size_t most);

void give_keys(const Workspace& work, std::size_t table,
               const std::function<void(std::string_view, std::string_view)>& take);

}  // namespace dbkeeper::staging
