// Schemas for tests of imports, a table a line, and their SQL.
//
//   TableSketch("cards").number("id").integer("list_id").refers({"list_id"}, "lists")
//       .text("title").unique({"list_id", "title"})
//
// They are to be created on any engine; what an import works with is the schema that the engine
// then has.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "support/memory_cell.h"

namespace dbkeeper::testing {

class TableSketch {
 public:
  explicit TableSketch(const std::string& name) { table_.name = {"main", name}; }

  // The primary key, one column that the database numbers: of PostgreSQL serial, or an identity;
  // of SQLite INTEGER PRIMARY KEY, or AUTOINCREMENT.
  TableSketch& number(const std::string& name, Origin origin = Origin::serial);
  // A column, NOT NULL.
  TableSketch& integer(const std::string& name);
  TableSketch& text(const std::string& name);
  // The last column: may be NULL; compares without regard to case.
  TableSketch& or_null();
  TableSketch& any_case();

  TableSketch& primary(const std::vector<std::string>& columns);
  TableSketch& unique(const std::vector<std::string>& columns);
  TableSketch& unique_lower(const std::string& column);
  // Unique among the rows of which `deleted` is NULL.
  TableSketch& unique_while_null(const std::vector<std::string>& columns,
                                 const std::string& deleted);
  TableSketch& refers(const std::vector<std::string>& columns, const std::string& parent,
                      const std::vector<std::string>& to = {"id"},
                      ForeignKey::Action on_update = ForeignKey::Action::no_action);

  operator Table() const { return table_; }

 private:
  TableSketch& column(const std::string& name, Family family);
  Key& add_unique(const std::vector<std::string>& columns);

  Table table_;
};

Schema schema_of(std::vector<Table> tables);

// The rows of tables by name, the cells in the order of the table's columns.
using RowsByTable = std::map<std::string, std::vector<MemoryRow>>;

// Statements that make the tables with their rows, in any order of references. PostgreSQL's
// sequences stand behind the highest number.
std::string sqlite_script(const Schema& schema, const RowsByTable& rows);
std::string postgres_script(const Schema& schema, const RowsByTable& rows);

}  // namespace dbkeeper::testing
