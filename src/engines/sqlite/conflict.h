// What to say of a row that SQLite doesn't take.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/error.h"
#include "dbkeeper/model/batch.h"

namespace dbkeeper::sqlite {

struct OfferedRow {
  const std::string& table;
  const std::vector<std::string>& columns;
  const Batch& batch;
  std::size_t row;
  std::vector<std::string> key = {};  // the primary key's columns, as far as they are known
};

// Whether the code says that a row breaks a rule or a value doesn't fit.
bool is_conflict(int code);

// Error(conflict) with table, column and value as far as SQLite's message gives them, and the row's
// primary key where the row is at hand.
Error conflict(int code, std::string_view message, const OfferedRow& offered);

// Of a value that no SQLite column can hold.
Error unstorable(const std::string& table, const std::string& column, std::string_view value);

}  // namespace dbkeeper::sqlite
