// The types of columns as SQL writes them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// As of the moment in which it is made. Requires: the search_path is pg_catalog alone then.
class ColumnTypes {
 public:
  explicit ColumnTypes(Session& session);

  // The type that the column's comes down to, right under any search_path, without a length.
  // Error(failed) if it wasn't there.
  const std::string& base(const Column& column) const;

  // `value`, an expression of the column's type, without the column's domain, if it has one:
  // operators of polymorphic types don't see through domains.
  std::string without_domain(const Column& column, const std::string& value) const;

  // Whether the column's domain, if it has one, takes a NULL.
  bool takes_null(const Table& table, const Column& column) const;

 private:
  std::map<std::uint32_t, std::string> names_;
  std::set<std::pair<TableName, std::string>> not_null_;
};

}  // namespace dbkeeper::postgres
