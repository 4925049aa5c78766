#include "engines/postgres/fetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/postgres/oids.h"
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

// How a column is asked for.
struct Request {
  std::string expression;
  wire::Decoder decoder;
  bool as_stored;  // the column itself, in its own type
};

// A cast keeps the XML declaration, which the type's output function leaves out.
Request xml_request(const QuotedName& column, bool array) {
  Type text{.name = "text", .family = Family::text, .engine_id = oid::kText};
  if (!array) return {column.sql() + "::pg_catalog.text", wire::decoder(text), false};
  Type texts{.name = "text[]", .family = Family::array, .element = {text}};
  return {column.sql() + "::pg_catalog.text[]", wire::decoder(texts), false};
}

Request request_for(const Column& column) {
  const QuotedName name(column.name);
  const bool array = !column.type.element.empty();
  const Type& value = array ? column.type.element.front() : column.type;
  if (value.engine_id == oid::kXml) return xml_request(name, array);
  if (wire::Decoder native = wire::decoder(column.type)) return {name.sql(), native, true};
  return {as_text(name), wire::text_decoder(column.type), false};
}

}  // namespace

std::string from_clause(const Table& table) {
  return (table.kind == TableKind::partitioned ? "" : "ONLY ") + QuotedName(table.name).sql();
}

Fetch fetch_of(const Table& table, const std::vector<std::string>& columns, const RowQuery& query) {
  Fetch out;
  std::vector<std::string> expressions;
  for (const std::string& name : columns) {
    Request request = request_for(column_of(table, name));
    expressions.push_back(std::move(request.expression));
    out.decoders.push_back(std::move(request.decoder));
  }
  out.sql = fmt::format("COPY ({}SELECT {} {}) TO STDOUT (FORMAT binary)", query.with,
                        join(expressions, ", "), query.from);
  return out;
}

// COPY of the table itself skips the executor; it leaves heirs out, but refuses generated columns.
Fetch fetch_of(const Table& table, const std::vector<std::string>& columns) {
  Fetch out = fetch_of(table, columns, {"", "FROM " + from_clause(table)});
  const bool as_stored = !columns.empty() && table.kind != TableKind::foreign &&
                         table.kind != TableKind::partitioned &&
                         std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
                           const Column& column = column_of(table, name);
                           return !column.generated() && request_for(column).as_stored;
                         });
  if (as_stored)
    out.sql = fmt::format("COPY {} ({}) TO STDOUT (FORMAT binary)", QuotedName(table.name).sql(),
                          QuotedName::list(columns).sql());
  return out;
}

}  // namespace dbkeeper::postgres
