// What tells a row from every other row of its table, as SQL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/schema.h"

namespace dbkeeper::sqlite {

// Expressions over the table's columns, `alias` before each name: never NULL, and together equal
// for no two rows that a condition could tell apart. The rowid where it can be named, else the
// primary key, each part compared by the key's own collation.
std::vector<std::string> row_identity(const Table& table, std::string_view alias);

}  // namespace dbkeeper::sqlite
