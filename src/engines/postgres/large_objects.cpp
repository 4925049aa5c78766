#include "engines/postgres/large_objects.h"

#include <fmt/format.h>

#include "dbkeeper/engines/backup.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/quoted_name.h"

namespace dbkeeper::postgres {
namespace {

constexpr std::int64_t kAtOnce = 1 << 20;  // bytes; twice as many characters

}  // namespace

std::vector<LargeObject> large_objects(Session& session) {
  std::vector<LargeObject> out;
  for (const auto& row : session.query(sql::kLargeObjects))
    out.push_back({row["oid"].c_str(), row["owner"].c_str()});
  return out;
}

// pg_dump's pre-data makes them, up to version 16; from 17 on it no longer does.
void read_large_objects(Session& session, const std::vector<LargeObject>& objects,
                        const std::function<void(std::string_view)>& take) {
  std::string piece;
  const auto add = [&](const std::string& statement) {
    if (!piece.empty() && piece.size() + statement.size() > kBackupPiece) {
      take(piece);
      piece.clear();
    }
    piece += statement;
  };
  for (const LargeObject& object : objects) {
    add(
        fmt::format("SELECT pg_catalog.lo_create({0}) WHERE NOT EXISTS (SELECT FROM "
                    "pg_catalog.pg_largeobject_metadata WHERE oid = {0});\n",
                    object.oid));
    for (std::int64_t offset = 0;; offset += kAtOnce) {
      const std::string bytes = session.value(
          fmt::format("SELECT pg_catalog.lo_get({}, {}, {})", object.oid, offset, kAtOnce));
      constexpr std::size_t kPrefix = 2;  // \x
      if (bytes.size() <= kPrefix) break;
      add(fmt::format("SELECT pg_catalog.lo_put({}, {}, '{}');\n", object.oid, offset, bytes));
      if (bytes.size() < kPrefix + 2 * static_cast<std::size_t>(kAtOnce)) break;
    }
  }
  if (!piece.empty()) take(piece);
}

}  // namespace dbkeeper::postgres
