#include "engines/postgres/integrity.h"

#include <fmt/format.h>

#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"
#include "engines/postgres/savepoint.h"

namespace dbkeeper::postgres {
namespace {

TableName name_in(const pqxx::row& row, const char* column) {
  return {row["nspname"].c_str(), row[column].c_str()};
}

void find_invalid_indexes(Session& session, std::vector<Finding>& out) {
  for (const auto& row : session.query(sql::kInvalidIndexes)) {
    Finding finding{.check = "index", .table = name_in(row, "table")};
    finding.object = row["index"].c_str();
    const bool unique = row["indisunique"].c_str()[0] == 't';
    finding.message =
        fmt::format("index {} is invalid: {}", finding.object,
                    unique ? "it is not used, and the uniqueness it stands for is not proven"
                           : "it is not used");
    finding.hint =
        fmt::format("REINDEX INDEX CONCURRENTLY {}; or drop it",
                    QuotedName(TableName{row["nspname"].c_str(), row["index"].c_str()}).sql());
    out.push_back(std::move(finding));
  }
}

void find_checksum_failures(Session& session, std::vector<Finding>& out) {
  const pqxx::result rows = session.query(
      "SELECT checksum_failures FROM pg_catalog.pg_stat_database"
      " WHERE datname = pg_catalog.current_database() AND checksum_failures > 0");
  if (rows.empty()) return;
  Finding finding{.check = "integrity"};
  finding.count = std::stoll(rows[0][0].c_str());
  finding.message = fmt::format("the server met {} pages with a wrong checksum", finding.count);
  finding.hint = "the disk is likely to be damaged: restore from a backup, on another one";
  out.push_back(std::move(finding));
}

// What amcheck throws is what it found.
template <class Check>
void run_check(Session& session, std::vector<Finding>& out, Finding finding, Check check) {
  try {
    check(finding);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !session.alive()) throw;
    roll_back_to_savepoint(session);
    if (error.kind() == ErrorKind::refused) return;  // locked: it can't be checked now
    finding.message = error.message();
  }
  if (!finding.message.empty()) out.push_back(std::move(finding));
}

void check_indexes(Session& session, const QuotedName& schema, std::vector<Finding>& out) {
  for (const auto& row : session.query(sql::kBtreeIndexes)) {
    Finding finding{.check = "integrity", .table = name_in(row, "relname")};
    finding.object = row["index_name"].c_str();
    finding.hint =
        "REINDEX it, and look for what damaged it: collation change, disk, a copied file";
    run_check(session, out, std::move(finding), [&](Finding&) {
      session.query(fmt::format("SELECT {}.bt_index_check({}::pg_catalog.oid)", schema.sql(),
                                row["index"].c_str()));
    });
  }
}

void check_heaps(Session& session, const QuotedName& schema, std::vector<Finding>& out) {
  for (const auto& row : session.query(sql::kHeaps)) {
    Finding finding{.check = "integrity", .table = name_in(row, "relname")};
    finding.hint = "restore the table from a backup";
    run_check(session, out, std::move(finding), [&](Finding& found) {
      const pqxx::result damage = session.query(fmt::format(
          "SELECT msg, count(*) OVER () FROM {}.verify_heapam({}::pg_catalog.oid) LIMIT 1",
          schema.sql(), row["oid"].c_str()));
      if (damage.empty()) return;
      found.message = damage[0][0].c_str();
      found.count = std::stoll(damage[0][1].c_str());
    });
  }
}

void run_amcheck(Session& session, std::vector<Finding>& out) {
  const pqxx::result installed = session.query(sql::kAmcheck);
  if (installed.empty()) return;
  const QuotedName schema(std::string_view(installed[0]["nspname"].c_str()));
  if (installed[0]["indexes"].c_str()[0] == 't') check_indexes(session, schema, out);
  if (installed[0]["heaps"].c_str()[0] == 't') check_heaps(session, schema, out);
}

}  // namespace

std::vector<Finding> check_integrity(Session& session, Depth depth) {
  std::vector<Finding> out;
  find_invalid_indexes(session, out);
  find_checksum_failures(session, out);
  if (depth == Depth::full) run_amcheck(session, out);
  return out;
}

}  // namespace dbkeeper::postgres
