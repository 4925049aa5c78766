// What an import does with the tables of a file: pure decisions, made before anything is written.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/import.h"

namespace dbkeeper {

// As the user wrote them.
struct ImportOptions {
  enum class IdentityChoice { automatic, natural, key };

  ImportMode mode = ImportMode::skip;
  IdentityChoice identity = IdentityChoice::automatic;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::vector<std::string> match;    // "table=column,column"
  std::vector<std::string> protect;  // "table.column"
  MissingReference on_missing = MissingReference::error;
  bool ignore_extra_columns = false;
  bool fire_triggers = false;
  bool cascade = false;
  bool keep_map = true;
  bool dry_run = false;
  bool offline = false;
  bool tell_keys = false;  // for a map of IDs
  // The file is large, and can be read again from its beginning: tables that are empty may take
  // their rows straight.
  bool straight = false;
  std::string limited_to_schema;  // of the database's address
};

}  // namespace dbkeeper
