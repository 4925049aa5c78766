// How a table is fetched: the COPY statement and a decoder for each of its columns.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {

// WITH … SELECT <columns> FROM …: what stands before and behind the columns, which are unqualified.
struct RowQuery {
  std::string with;
  std::string from;
};

struct Fetch {
  std::string sql;  // COPY … TO STDOUT (FORMAT binary)
  std::vector<wire::Decoder> decoders;
};

// All of a table's own rows. Types without a decoder are fetched as the text that the server's
// output function makes of them.
Fetch fetch_of(const Table& table, const std::vector<std::string>& columns);

// The rows of `query`, where the columns are those of `table`.
Fetch fetch_of(const Table& table, const std::vector<std::string>& columns, const RowQuery& query);

// Where a table's own rows are read: ONLY, unless it is partitioned and has none itself.
std::string from_clause(const Table& table);

}  // namespace dbkeeper::postgres
