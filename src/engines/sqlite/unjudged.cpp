#include "engines/sqlite/unjudged.h"

#include <fmt/format.h>

#include <algorithm>

#include "engines/sqlite/beyond_library.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {

// As SQLite's pragma.c writes them: "row 3 missing from index i", "row not in PRIMARY KEY order for
// t", "CHECK constraint failed in t".
Unjudged::Unjudged(Connection& connection) {
  for (const Beyond& beyond : beyond_library(connection)) {
    reasons_.insert(beyond.reason());
    if (beyond.what == Beyond::What::function) for_want_of_functions_ = true;
    if (beyond.index.empty()) {
      endings_.push_back("CHECK constraint failed in " + beyond.table);
      add_indexes_of_generated(connection, beyond.table);
      continue;
    }
    endings_.push_back(" index " + beyond.index);
    endings_.push_back("PRIMARY KEY order for " + beyond.table);
  }
}

void Unjudged::add_indexes_of_generated(Connection& connection, const std::string& table) {
  Statement indexes(connection,
                    "SELECT DISTINCT i.name FROM pragma_index_list(?1, 'main') AS i "
                    "JOIN pragma_index_xinfo(i.name, 'main') AS x "
                    "JOIN pragma_table_xinfo(?1, 'main') AS c ON c.cid = x.cid "
                    "WHERE c.hidden IN (2, 3)");
  indexes.bind(1, table);
  while (indexes.step()) endings_.push_back(fmt::format(" index {}", indexes.text(0)));
}

bool Unjudged::is_about(std::string_view line) const {
  return std::any_of(endings_.begin(), endings_.end(),
                     [&](const std::string& ending) { return line.ends_with(ending); });
}

}  // namespace dbkeeper::sqlite
