// Names and texts on their way into SQL. An identifier gets there only as a QuotedName, to which a
// plain string does not convert.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/name.h"

namespace dbkeeper::postgres {

class QuotedName {
 public:
  // "users"; "odd""name"
  explicit QuotedName(std::string_view name);
  // "public"."users"
  explicit QuotedName(const TableName& name);
  // "id", "email"
  static QuotedName list(const std::vector<std::string>& names);
  // t."id", where the alias is a word of ours
  static QuotedName of(std::string_view alias, std::string_view column);

  const std::string& sql() const { return sql_; }

 private:
  QuotedName() = default;
  std::string sql_;
};

// A text as a literal, whatever the session's standard_conforming_strings says.
// Requires: no NUL in it.
std::string literal(std::string_view text);

}  // namespace dbkeeper::postgres
