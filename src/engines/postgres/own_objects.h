// What of a database a role may drop, what would go with it, and what stays.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/model/name.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// An object that isn't dropped.
struct StayingObject {
  std::string type;  // as the server calls it: "materialized view", "schema"
  std::string
      identity;  // with its schema, quoted where it has to be: app."Order", app.two(integer)
  std::string owner;
  // Of a schema: make something in it; of a foreign-data wrapper: use it; of others: change it.
  bool may = false;
};

struct OwnObjects {
  std::vector<std::string> drops;       // statements, in order
  std::vector<TableName> tables;        // of those that go
  std::vector<std::string> hindrances;  // why some can't be dropped: "view v of role bob …"
  std::vector<StayingObject> staying;
  std::int64_t locks = 0;  // that the dropping holds until its transaction ends

  // Null if there is none.
  const StayingObject* find_staying(const std::string& type, const std::string& identity) const;
};

// As the catalog has it now. The members of extensions go and stay with these; an extension goes
// only if the role may make it again. The schema `public` always stays.
OwnObjects own_objects(Session& session);

// Statements that bring the rights back which a dump takes for granted: default privileges, which
// would hold for what is made next.
std::vector<std::string> rights_reset(Session& session);

}  // namespace dbkeeper::postgres
