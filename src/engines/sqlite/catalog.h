// What the database is made of, from SQLite's catalog and the text of its CREATE statements.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Requires: within a transaction, so that all of it is of one moment.
Schema read_schema(Connection& connection);

// A row of sqlite_master.
struct Object {
  std::string type;  // table, index, trigger, view
  std::string name;
  std::string table;
  std::string sql;  // empty for the index of a constraint
};

// The catalog on its way to a Schema. Names are looked up without regard to ASCII case, as SQLite
// does.
struct Catalog {
  Schema schema;
  std::vector<Object> objects;
  std::unordered_map<std::string, std::size_t> table_by_name;   // lower case, in schema.tables
  std::unordered_map<std::string, std::size_t> object_by_name;  // lower case, in objects

  Table* find_table(std::string_view name);
  // The virtual table to which a shadow table belongs: its name is the beginning of the shadow's.
  // Nothing for a table that is no shadow.
  Table* owner_of(const Table& shadow);
  const Object* find_object(std::string_view name) const;
  const std::string& sql_of(std::string_view name) const;
};

}  // namespace dbkeeper::sqlite
