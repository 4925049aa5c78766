// How messages name a row.
#pragma once

#include <string>

#include "dbkeeper/base/error.h"
#include "engines/staging/workspace.h"

namespace dbkeeper::staging {

// A row of the file by its number: "users id 5", by its primary key, or by a natural one.
std::string name_of_row(const Workspace& work, std::size_t table, const std::string& number);

// The row of the database of which the condition holds, about alias x: "id 5".
std::string name_of_target(const Workspace& work, std::size_t table, const std::string& where);

// By what a row was found: "email", "its number", …: found()'s `how`.
std::string name_of_way(const StagedTable& table, std::int64_t how);

// The key's columns as messages name them: "email", "list_id, lower(title)".
std::string name_of_key(const Key& key);

}  // namespace dbkeeper::staging
