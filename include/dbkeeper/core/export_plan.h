// What an export takes along: pure decisions, made before anything is written.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dbkeeper/base/value.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/export_writer.h"
#include "dbkeeper/model/selection.h"

namespace dbkeeper {

// As the user wrote them.
struct ExportOptions {
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::vector<std::string> where;  // "table:condition"
  std::vector<std::string> match;  // "table=column,column"
  bool with_parents = false;
  bool references = true;
  std::string source;             // the name by which imports know this database; empty: its own
  std::string limited_to_schema;  // of the database's address
  bool allow_empty = false;
};

struct ExportPlan {
  struct Entry {
    Section section;
    const Table* table;
    std::size_t set;  // of the selection
    std::vector<std::string> columns;
  };
  struct LeftOut {
    std::string table;
    std::string column;  // empty: all of it
    std::string why;
  };

  Selection selection;
  std::vector<Entry> entries;  // in the document's order
  // But for what an option of the user's own leaves out knowingly.
  std::vector<LeftOut> left_out;
  Value options = Value::object();  // as the document's metadata has them

  // The tables that rows are read from.
  std::vector<const Table*> tables() const;
};

// Error(usage) for options that don't fit the schema; Error(failed) for a table that can't be read,
// by name. The conditions' SQL is not checked. The schema outlives the plan.
ExportPlan plan_export(const Schema& schema, const ExportOptions& options);

// Whether a table only joins others: every column belongs to a foreign key, the primary key, if
// there is one, is all of them, and nothing refers to it.
bool is_join_table(const Schema& schema, const Table& table);

// Why a table that --include doesn't name is missed all the same: it only tells which rows of
// tables that are chosen belong together (a join table, or one with columns of its own whose
// primary key is made of references); with the list that brings it. Empty if it isn't missed.
std::string why_missed(const Schema& schema, const Table& table,
                       const std::set<const Table*>& chosen,
                       const std::vector<std::string>& include);

}  // namespace dbkeeper
