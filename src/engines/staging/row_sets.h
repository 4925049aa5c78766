// Which of the file's rows are meant, as conditions.
#pragma once

#include <string>

#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// Of rows() under `alias`: data, not found, not dropped.
std::string to_be_inserted(const Workspace& work, std::size_t table, std::string_view alias);
// Data, found, not dropped.
std::string to_be_updated(const Workspace& work, std::size_t table, std::string_view alias);

}  // namespace dbkeeper::staging
