// The only way for a name to get into SQL.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/name.h"

namespace dbkeeper::sqlite {

class QuotedName {
 public:
  explicit QuotedName(std::string_view name) {
    sql_ += '"';
    for (const char c : name) {
      if (c == '"') sql_ += '"';
      sql_ += c;
    }
    sql_ += '"';
  }
  // Always in the main database, so that no temporary table of the same name can stand before it.
  explicit QuotedName(const TableName& table)
      : sql_("\"main\"." + QuotedName(std::string_view(table.name)).sql_) {}

  const std::string& sql() const { return sql_; }

 private:
  std::string sql_;
};

}  // namespace dbkeeper::sqlite
