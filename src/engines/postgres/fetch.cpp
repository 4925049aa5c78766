#include "engines/postgres/fetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

const Column& column_of(const Table& table, const std::string& name) {
  if (const Column* column = table.find_column(name)) return *column;
  throw Error(ErrorKind::failed,
              fmt::format("table \"{}\" has no column \"{}\"", table.name.name, name));
}

// What the type's output function writes. A cast to text is something else for some types: inet
// gains a /32, char(n) loses its blanks. A row of NULLs is not NULL: hence IS DISTINCT FROM.
std::string as_text(const QuotedName& column) {
  return fmt::format("CASE WHEN {0} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {0}) END",
                     column.sql());
}

}  // namespace

std::string from_clause(const Table& table) {
  return (table.kind == TableKind::partitioned ? "" : "ONLY ") + QuotedName(table.name).sql();
}

Fetch fetch_of(const Table& table, const std::vector<std::string>& columns, bool any_bytes) {
  Fetch out;
  std::vector<std::string> expressions;
  bool as_stored =
      !columns.empty() && table.kind != TableKind::foreign && table.kind != TableKind::partitioned;
  for (const std::string& name : columns) {
    const Column& column = column_of(table, name);
    const QuotedName quoted(name);
    const wire::Decode decode = wire::decoder(column.type, any_bytes);
    expressions.push_back(decode ? quoted.sql() : as_text(quoted));
    out.decoders.push_back(decode ? decode : wire::text_decoder(any_bytes));
    as_stored = as_stored && decode && !column.generated();
  }
  // COPY of the table itself skips the executor; it leaves heirs out, but refuses generated
  // columns.
  out.sql = as_stored ? fmt::format("COPY {} ({}) TO STDOUT (FORMAT binary)",
                                    QuotedName(table.name).sql(), QuotedName::list(columns).sql())
                      : fmt::format("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)",
                                    join(expressions, ", "), from_clause(table));
  return out;
}

}  // namespace dbkeeper::postgres
