// From one database into another, of another engine as a rule, through an export.
#pragma once

#include "cli/import_databases.h"

namespace dbkeeper::testing {

// The result of the import, made with these words. Out of SQLite the file itself is read, once an
// export of it has told what will come of it.
inline nlohmann::json into(const AnyDatabase& target, const AnyDatabase& source,
                           const ScratchFolder& folder, std::vector<std::string> words = {}) {
  constexpr std::string_view kSqlite = "sqlite:///";
  words.insert(words.begin(), exported(source, folder));
  if (!source.url().starts_with(kSqlite) || target.url().starts_with(kSqlite))
    return imported(target, std::move(words));
  words.emplace_back("--dry-run");
  const nlohmann::json told = imported(target, words);
  words.pop_back();
  words.front() = source.url().substr(kSqlite.size());
  nlohmann::json result = imported(target, std::move(words));
  CHECK(result["tables"] == told["tables"]);
  return result;
}

}  // namespace dbkeeper::testing
