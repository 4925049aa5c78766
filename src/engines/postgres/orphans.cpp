#include "engines/postgres/orphans.h"

#include <fmt/format.h>

#include "dbkeeper/base/text.h"
#include "engines/postgres/fetch.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

// "c.a IS NOT NULL AND c.b IS NOT NULL"
std::string each_column(const ForeignKey& key, std::string_view test, std::string_view between) {
  std::vector<std::string> tests;
  for (const std::string& column : key.columns)
    tests.push_back(QuotedName::of("c", column).sql() + " " + std::string(test));
  return join(tests, between);
}

// MATCH SIMPLE lets a row with any NULL go, MATCH FULL only one with nothing but NULLs.
std::string where(const ForeignKey& key, const std::string& missing) {
  const std::string whole = each_column(key, "IS NOT NULL", " AND ");
  if (key.match == ForeignKey::Match::simple) return fmt::format("({}) AND {}", whole, missing);
  return fmt::format("({}) AND (NOT ({}) OR {})", each_column(key, "IS NOT NULL", " OR "), whole,
                     missing);
}

// A value as the engine writes it, of a composite key "(1, 2)".
std::string sample(const ForeignKey& key) {
  std::vector<std::string> values;
  for (const std::string& column : key.columns) {
    const std::string value = QuotedName::of("c", column).sql();
    values.push_back(fmt::format(
        "CASE WHEN {0} IS NULL THEN 'NULL' ELSE pg_catalog.format('%s', {0}) END", value));
  }
  const std::string all = fmt::format("pg_catalog.concat_ws(', ', {})", join(values, ", "));
  return values.size() == 1 ? all : fmt::format("pg_catalog.concat('(', {}, ')')", all);
}

}  // namespace

Orphans OrphanFinder::find(const Table& table, const ForeignKey& key, bool references_partitioned) {
  std::vector<std::string> child;
  for (const std::string& column : key.columns) child.push_back(QuotedName::of("c", column).sql());
  const std::string parents =
      fmt::format("FROM {}{} p WHERE {}", references_partitioned ? "" : "ONLY ",
                  QuotedName(key.references).sql(), operators_.match(table, key, "p", child));
  const std::string missing =
      operators_.is_period(table, key)
          ? fmt::format(
                "NOT coalesce({} OPERATOR(pg_catalog.<@) (SELECT pg_catalog.range_agg({}) "
                "{}), false)",
                child.back(), QuotedName::of("p", key.to.back()).sql(), parents)
          : fmt::format("NOT EXISTS (SELECT {})", parents);
  const std::string rows =
      fmt::format("FROM {} c WHERE {}", from_clause(table), where(key, missing));

  Orphans out;
  out.count = std::stoll(session_.value("SELECT count(*) " + rows));
  if (out.count == 0) return out;
  for (const auto& row : session_.query(fmt::format("SELECT DISTINCT {} AS value {} LIMIT {}",
                                                    sample(key), rows, Orphans::kSamples)))
    out.samples.emplace_back(row[0].c_str());
  return out;
}

}  // namespace dbkeeper::postgres
