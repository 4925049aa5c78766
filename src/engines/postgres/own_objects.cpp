#include "engines/postgres/own_objects.h"

#include <fmt/format.h>

#include <algorithm>

#include "dbkeeper/base/text.h"
#include "dbkeeper_postgres_sql.h"
#include "engines/postgres/dump_script.h"

namespace dbkeeper::postgres {
namespace {

// What DROP calls it. All go with what needs them: that nobody else's does, is known by then.
std::string drop_of(const std::string& type, const std::string& identity) {
  if (type == "large object") return "SELECT pg_catalog.lo_unlink(" + identity + ")";
  if (type == "schema") return "DROP SCHEMA " + identity;
  if (type == "transform") {  // for integer on language sql; from version 16 on without the "on"
    const std::size_t on = identity.rfind(" on language ");
    const std::string as_written =
        on == identity.npos ? identity : identity.substr(0, on) + identity.substr(on + 3);
    return fmt::format("DROP TRANSFORM IF EXISTS {} CASCADE", as_written);
  }
  std::string word = type;
  if (type == "function" || type == "procedure" || type == "aggregate") word = "routine";
  if (type == "foreign-data wrapper") word = "foreign data wrapper";
  if (type == "statistics object") word = "statistics";
  return fmt::format("DROP {} IF EXISTS {} CASCADE", word, identity);
}

TableName table_of(const std::string& identity) {
  const auto words = words_of(identity);
  return {words.at(0).text, words.at(2).text};
}

}  // namespace

const StayingObject* OwnObjects::find_staying(const std::string& type,
                                              const std::string& identity) const {
  const auto found = std::find_if(staying.begin(), staying.end(), [&](const StayingObject& object) {
    return object.type == type && object.identity == identity;
  });
  return found == staying.end() ? nullptr : &*found;
}

OwnObjects own_objects(Session& session) {
  OwnObjects out;
  for (const auto& row : session.query(sql::kOwnObjects)) {
    const std::string what = row["what"].c_str(), type = row["type"].c_str(),
                      identity = row["identity"].c_str(), owner = row["owner"].c_str();
    const bool may = row["may"].c_str()[0] == 't';
    if (what == "locks") {
      out.locks = row["number"].as<std::int64_t>();
    } else if (what == "stays") {
      out.staying.push_back({type, identity, owner, may});
    } else if (what == "hinders") {
      out.hindrances.push_back(
          fmt::format("{} of role {} depends on this role's", identity, owner));
    } else {
      out.drops.push_back(drop_of(type, identity));
      if (type == "table") out.tables.push_back(table_of(identity));
      if (!may)
        out.hindrances.push_back(fmt::format(
            "subscription {} can't be dropped in a transaction (ALTER SUBSCRIPTION {} DISABLE, SET "
            "(slot_name = NONE), and drop its slot on the publisher)",
            identity, identity));
    }
  }
  return out;
}

std::vector<std::string> rights_reset(Session& session) {
  std::vector<std::string> out;
  for (const auto& row : session.query(sql::kRightsReset)) out.emplace_back(row[0].c_str());
  return out;
}

}  // namespace dbkeeper::postgres
