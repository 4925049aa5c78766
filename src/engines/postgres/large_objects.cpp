#include "engines/postgres/large_objects.h"

#include <fmt/format.h>

#include "dbkeeper/engines/backup.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::int64_t kAtOnce = 1 << 20;  // bytes; twice as many characters

std::string entry(const std::string& name, std::string_view type, const std::string& sql) {
  return fmt::format("\n--\n-- Name: {}; Type: {}; Schema: -; Owner: -\n--\n\n{}\n\n", name, type,
                     sql);
}

std::string entries_of(const pqxx::row& row) {
  const std::string number = row["oid"].c_str(), object = "LARGE OBJECT " + number,
                    owner = row["owner"].c_str();
  std::string made = fmt::format("SELECT pg_catalog.lo_create({});", number);
  if (!owner.empty()) made += fmt::format("\n\nALTER {} OWNER TO {};", object, owner);
  std::string out = entry(number, "BLOB", made);
  if (row["has_grants"].c_str()[0] == 't') {
    std::string rights;
    if (!owner.empty()) rights = fmt::format("REVOKE ALL ON {} FROM {};\n", object, owner);
    out += entry(object, "ACL", rights + row["grants"].c_str());
  }
  if (!row["comment"].is_null())
    out += entry(object, "COMMENT",
                 fmt::format("COMMENT ON {} IS {};", object, literal(row["comment"].c_str())));
  if (!row["labels"].is_null()) out += entry(object, "SECURITY LABEL", row["labels"].c_str());
  return out;
}

}  // namespace

LargeObjects large_objects(Session& session) {
  LargeObjects out;
  for (const auto& row : session.query(sql::kLargeObjects)) {
    out.numbers.emplace_back(row["oid"].c_str());
    out.script += entries_of(row);
  }
  return out;
}

void read_large_objects(Session& session, const std::vector<std::string>& numbers,
                        const std::function<void(std::string_view)>& take) {
  std::string piece;
  const auto add = [&](const std::string& statement) {
    if (!piece.empty() && piece.size() + statement.size() > kBackupPiece) {
      take(piece);
      piece.clear();
    }
    piece += statement;
  };
  for (const std::string& number : numbers) {
    for (std::int64_t offset = 0;; offset += kAtOnce) {
      const std::string bytes = session.value(
          fmt::format("SELECT pg_catalog.lo_get({}, {}, {})", number, offset, kAtOnce));
      constexpr std::size_t kPrefix = 2;  // \x
      if (bytes.size() <= kPrefix) break;
      add(fmt::format("SELECT pg_catalog.lo_put({}, {}, '{}');\n", number, offset, bytes));
      if (bytes.size() < kPrefix + 2 * static_cast<std::size_t>(kAtOnce)) break;
    }
  }
  if (!piece.empty()) take(piece);
}

}  // namespace dbkeeper::postgres
