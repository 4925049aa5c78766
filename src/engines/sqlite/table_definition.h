// What the text of a CREATE TABLE says and SQLite's catalog tables don't.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::sqlite {

struct TableDefinition {
  struct Reference {  // a foreign key
    std::string name;
    std::vector<std::string> columns;
    bool deferrable = false;
    bool initially_deferred = false;
  };
  struct Key {  // PRIMARY KEY or UNIQUE
    std::string name;
    std::vector<std::string> columns;
  };

  std::vector<Reference> references;  // in the order of the text
  std::vector<Key> keys;
  std::map<std::string, std::string> generated;  // a generated column's expression
  // A constraint says ON CONFLICT, so that a plain INSERT might replace or drop rows.
  bool settles_conflicts = false;
};

// Requires: SQL that SQLite has accepted; of any other, some of it.
TableDefinition parse_table(std::string_view sql);

}  // namespace dbkeeper::sqlite
