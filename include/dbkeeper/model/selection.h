// Which rows of which tables are meant, where the rows of one table decide about those of another:
// an export's rows, the parents that come along with them, the rows that they merely refer to.
//
// A set's rows are its base, and what rows of other sets refer to, less those of another set. The
// sets may lead to one another in a circle: what counts is the smallest solution. What a set goes
// without has to be clear before it: such a set goes without nothing, nor does one that leads to
// it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"

namespace dbkeeper {

struct RowSet {
  enum class Base { none, all, condition };
  // Rows that a row of the set `from` refers to by `key`, a foreign key of that set's table.
  struct Link {
    std::size_t from;
    const ForeignKey* key;
  };

  const Table* table = nullptr;  // not a partition: its partitioned table, at the top
  Base base = Base::all;
  std::string condition;  // SQL about the table's columns, as a user wrote it
  std::vector<Link> referred_by;
  std::optional<std::size_t> without;  // a set of the same table, see above
};

// The tables outlive the selection.
struct Selection {
  std::vector<RowSet> sets;
};

}  // namespace dbkeeper
