// The room for locks that all sessions of a server share. It is set aside as the server starts.
#pragma once

#include <cstdint>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

struct LockRoom {
  std::int64_t each = 0;      // max_locks_per_transaction
  std::int64_t sessions = 0;  // that may have as many

  std::int64_t locks() const { return each * sessions; }
};

LockRoom lock_room(Session& session);

}  // namespace dbkeeper::postgres
