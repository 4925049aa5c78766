// What comes before a clean import destroys anything: the user's word, and a copy.
#pragma once

#include <string>

#include "dbkeeper/commands/command.h"
#include "dbkeeper/core/import_plan.h"

namespace dbkeeper {

inline constexpr const char* kDeleteAllData = "DELETE ALL DATA";

// What the user is asked: which database, which tables, and how many rows it is about.
std::string clean_question(Database& database, const Schema& schema, const ImportPlan& plan,
                           const std::string& file);

// A copy of the whole database in --dir, read back: a backup, or else an export of all tables. The
// file. Error where there can be neither; nothing was changed.
std::string copy_before_import(Database& database, Context& context);

}  // namespace dbkeeper
