#include "engines/postgres/numbering.h"

#include <fmt/format.h>

#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

std::string regclass(const TableName& sequence) {
  return literal(QuotedName(sequence).sql()) + "::pg_catalog.regclass";
}

// The lowest one is none without quotes: the minus stands before a number too large.
std::string bigint(std::int64_t value) { return fmt::format("'{}'::pg_catalog.int8", value); }

bool yes(const pqxx::field& field) { return field.c_str()[0] == 't'; }

}  // namespace

// Others' nextval() is at once and for all too. Between the look and the move a number may be given
// out, by no more than what others draw in the same instant: the look is part of the same
// statement.
void move_sequence(Session& session, const TableName& sequence, std::int64_t value) {
  session.query(
      fmt::format("SELECT pg_catalog.setval({0}, {1}) FROM {2} s, pg_catalog.pg_sequence q "
                  "WHERE q.seqrelid = {0} AND CASE WHEN q.seqincrement > 0"
                  " THEN s.last_value < {1} OR (s.last_value = {1} AND NOT s.is_called)"
                  " ELSE s.last_value > {1} OR (s.last_value = {1} AND NOT s.is_called) END",
                  regclass(sequence), bigint(value), QuotedName(sequence).sql()));
}

SequenceFacts look_at_sequence(Session& session, const TableName& sequence) {
  const pqxx::result rows = session.query(
      fmt::format("SELECT q.seqincrement, q.seqmin, q.seqmax, "
                  "pg_catalog.has_sequence_privilege(c.oid, 'SELECT') AS sees, "
                  "pg_catalog.has_sequence_privilege(c.oid, 'USAGE, UPDATE') AS gives, "
                  "pg_catalog.has_sequence_privilege(c.oid, 'UPDATE') AS moves "
                  "FROM pg_catalog.pg_sequence q JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid "
                  "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                  "WHERE n.nspname = {} AND c.relname = {} "
                  "AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')",
                  literal(sequence.schema), literal(sequence.name)));
  SequenceFacts out;
  if (rows.empty()) return out;
  out.increment = std::stoll(rows[0]["seqincrement"].c_str());
  out.minimum = std::stoll(rows[0]["seqmin"].c_str());
  out.maximum = std::stoll(rows[0]["seqmax"].c_str());
  out.gives = yes(rows[0]["gives"]);
  out.moves = yes(rows[0]["moves"]);
  if (!yes(rows[0]["sees"])) return out;
  // Beyond the end of bigint there is no next number either way.
  out.next = std::stoll(session.value(
      fmt::format("SELECT CASE WHEN NOT is_called THEN last_value ELSE "
                  "least(greatest(last_value::pg_catalog.numeric + {}, -9223372036854775808), "
                  "9223372036854775807)::pg_catalog.int8 END FROM {}",
                  out.increment, QuotedName(sequence).sql())));
  return out;
}

}  // namespace dbkeeper::postgres
