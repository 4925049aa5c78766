// From one database into another, of another engine as a rule, through an export.
#pragma once

#include "cli/import_databases.h"

namespace dbkeeper::testing {

// The result of the import, made with these words.
inline nlohmann::json into(const AnyDatabase& target, const AnyDatabase& source,
                           const ScratchFolder& folder, std::vector<std::string> words = {}) {
  words.insert(words.begin(), exported(source, folder));
  return imported(target, std::move(words));
}

}  // namespace dbkeeper::testing
