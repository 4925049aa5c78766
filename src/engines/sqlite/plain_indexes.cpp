#include "engines/sqlite/plain_indexes.h"

#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {

std::vector<std::string> PlainIndexes::take_off(const std::vector<const Table*>& tables) {
  std::vector<std::string> names;
  for (const Table* table : tables) {
    std::vector<std::string> indexes;
    Statement found(connection_,
                    "SELECT m.name, m.sql FROM main.pragma_index_list(?1) AS i "
                    "JOIN main.sqlite_master AS m ON m.type='index' AND m.name=i.name "
                    "WHERE NOT i.\"unique\" AND m.sql IS NOT NULL ORDER BY m.rowid");
    found.bind(1, table->name.name);
    while (found.step()) {
      indexes.emplace_back(found.text(0));
      texts_.emplace_back(found.text(1));
    }
    for (const std::string& index : indexes) {
      connection_.run("DROP INDEX " + QuotedName(TableName{{}, index}).sql());
      names.push_back(table->name.name + "." + index);
    }
  }
  return names;
}

void PlainIndexes::put_back() {
  for (const std::string& text : texts_) connection_.run(text);
  texts_.clear();
}

}  // namespace dbkeeper::sqlite
