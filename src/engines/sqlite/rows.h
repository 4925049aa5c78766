// A table's rows on their way out and in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbkeeper/model/rows.h"
#include "dbkeeper/model/schema.h"
#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Values by their storage class: what a column declares doesn't bind what stands in it.
std::unique_ptr<RowSource> read_rows(Connection& connection, const Table& table,
                                     const std::vector<std::string>& columns);

// The rows of a SELECT of so many columns; if there are none, it selects something all the same.
std::unique_ptr<RowSource> read_rows(Connection& connection, const std::string& select,
                                     std::size_t columns);

// A sink that inserts row by row with a prepared statement. It sets `unfinished` while rows may be
// missing: until finish() has returned.
std::unique_ptr<RowSink> insert_rows(Connection& connection, const Table& table,
                                     const std::vector<std::string>& columns, bool& unfinished);

// An INSERT with a parameter for each of the columns.
std::string insert_sql(Connection& connection, const Table& table,
                       const std::vector<std::string>& columns);

// What stands before the table in an INSERT or UPDATE. A constraint that says ON CONFLICT REPLACE
// or IGNORE would have a plain one delete or drop rows; "OR ABORT " overrules that. Elsewhere it is
// left out: it would overrule the triggers' own, too.
std::string or_abort(Connection& connection, const Table& table);

}  // namespace dbkeeper::sqlite
