// What comes before a clean import destroys anything: the user's word, and a copy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/import_plan.h"
#include "dbkeeper/core/safety_copy.h"

namespace dbkeeper {

inline constexpr const char* kDeleteAllData = "DELETE ALL DATA";

// What the user is asked: which database, which tables, and how many rows it is about.
std::string clean_question(Database& database, const Schema& schema, const ImportPlan& plan,
                           const std::string& file);

// The shell command that takes the import back.
std::string undo_command(const SafetyCopy& copy, const Schema& schema, const ImportPlan& plan,
                         Context& context);

// "120 rows in 3 tables, 12 KB".
std::string describe(const SafetyCopy& copy);

}  // namespace dbkeeper
