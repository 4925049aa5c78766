// Expressions about values: whether they are the same as stored, and how they are shown. The text
// forms are those of the session's fixed settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/column_types.h"

namespace dbkeeper::postgres {

// The same bit for bit, NULLs included: 1.50 is not 1.5, 0 not -0. Never NULL.
std::string same_sql(const ColumnTypes& types, const Column& column, const std::string& a,
                     const std::string& b);

// Whether rows of two aliases are not, in any of the columns. "false" for none.
std::string differ_sql(const ColumnTypes& types, const Table& table,
                       const std::vector<std::string>& columns, std::string_view a,
                       std::string_view b);

// A text that rows have in common exactly if they are the same as stored in all of the columns.
// Never NULL.
std::string image_sql(const Table& table, const std::vector<std::string>& columns,
                      std::string_view alias);

// [1,"a",null]
std::string json_array_sql(const std::vector<std::string>& values);

// For a message, cut to a readable length. Never NULL.
std::string shown_sql(const std::string& value);

}  // namespace dbkeeper::postgres
