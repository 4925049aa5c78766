// How keys compare, and columns of which no key says it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/equality.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Read when first asked for.
class KeyOperators {
 public:
  explicit KeyOperators(Session& session) : session_(session) {}

  // Of a part of a unique index; nothing if the table has no index of that name.
  std::optional<Equality> of_key(const TableName& table, const std::string& index,
                                 std::size_t part);

  // Of two columns' types by default, `left`'s collation; nothing if they can't be compared.
  std::optional<Equality> of_columns(const TableName& left_table, const std::string& left,
                                     const TableName& right_table, const std::string& right);

 private:
  using Oid = std::uint32_t;
  struct Class {
    Oid family;
    Oid type;
    std::string collation;
  };
  using Name = std::pair<TableName, std::string>;

  void read_defaults();

  Session& session_;
  std::optional<std::map<Name, std::vector<Equality>>> keys_;
  bool defaults_read_ = false;
  std::map<Name, Class> classes_;                                // of columns
  std::map<std::tuple<Oid, Oid, Oid>, std::string> equalities_;  // of a family, between two types
};

}  // namespace dbkeeper::postgres
