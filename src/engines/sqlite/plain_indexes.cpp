#include "engines/sqlite/plain_indexes.h"

#include <fmt/format.h>

#include <utility>

#include "engines/sqlite/quoted_name.h"
#include "engines/sqlite/statement.h"

namespace dbkeeper::sqlite {

std::vector<std::string> PlainIndexes::take_off(const std::vector<const Table*>& tables) {
  if (tables.empty()) return {};
  save_statistics();
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

void PlainIndexes::save_statistics() {
  if (std::exchange(saved_, true)) return;
  for (const std::string& statistics : statistics_tables())
    connection_.run(
        fmt::format("CREATE TEMP TABLE dbkeeper_{0} AS SELECT * FROM main.{0}", statistics));
}

// DROP INDEX takes an index's statistics along.
void PlainIndexes::put_back() {
  for (const std::string& text : texts_) connection_.run(text);
  texts_.clear();
  if (!std::exchange(saved_, false)) return;
  for (const std::string& statistics : statistics_tables()) {
    connection_.run(fmt::format("DELETE FROM main.{0}", statistics));
    connection_.run(
        fmt::format("INSERT INTO main.{0} SELECT * FROM temp.dbkeeper_{0}", statistics));
    connection_.run(fmt::format("DROP TABLE temp.dbkeeper_{0}", statistics));
  }
}

std::vector<std::string> PlainIndexes::statistics_tables() {
  std::vector<std::string> out;
  Statement found(
      connection_,
      "SELECT name FROM main.sqlite_master WHERE name IN ('sqlite_stat1', 'sqlite_stat4')");
  while (found.step()) out.emplace_back(found.text(0));
  return out;
}

}  // namespace dbkeeper::sqlite
