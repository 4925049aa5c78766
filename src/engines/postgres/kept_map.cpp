#include "engines/postgres/kept_map.h"

#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kSchema = "dbkeeper";

// What an import has to find is all of one source's entries of one table, which lie together as
// imports have added them: a BRIN index costs nothing on the way in.
void make(Session& session, const std::string& table) {
  session.command(fmt::format(
      "CREATE TABLE {0} (source pg_catalog.text NOT NULL, \"table\" pg_catalog.text NOT NULL, "
      "old_key pg_catalog.text NOT NULL, new_key pg_catalog.text NOT NULL, "
      "at pg_catalog.timestamptz NOT NULL, run pg_catalog.text NOT NULL); "
      "CREATE INDEX ON {0} USING brin (source, \"table\"); "
      "COMMENT ON TABLE {0} IS 'dbkeeper: which rows imports brought in under another key'",
      table));
}

}  // namespace

std::string find_kept_map(Session& session) {
  const pqxx::result rows = session.query(sql::kKeptMap);
  if (rows.empty()) return {};
  return QuotedName(TableName{rows[0]["nspname"].c_str(), rows[0]["relname"].c_str()}).sql();
}

std::string make_kept_map(Session& session) {
  if (std::string there = find_kept_map(session); !there.empty()) return there;
  const pqxx::result places = session.query(sql::kKeptMapPlaces);
  if (places.empty())
    throw Error(ErrorKind::failed,
                "this role may make no table in which to keep the map of keys, without which the "
                "same import would add its rows again")
        .hint(
            "GRANT it CREATE on the database or a schema, or leave the map out with "
            "--no-keep-map");
  const std::string schema = places[0]["nspname"].c_str();
  if (places[0]["there"].c_str()[0] != 't')
    session.command("CREATE SCHEMA " + QuotedName(std::string_view(schema)).sql());
  const std::string table =
      QuotedName(TableName{schema, schema == kSchema ? "id_map" : "dbkeeper_id_map"}).sql();
  make(session, table);
  return table;
}

}  // namespace dbkeeper::postgres
