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

// Whether one more session may take so many locks, and leave some to others.
bool has_room_for(Session& session, std::int64_t locks);

// The hint of an error that says that no lock is left.
inline constexpr const char* kNoLockLeft =
    "the server is out of memory; for shared memory raise max_locks_per_transaction";

// With the setting's value and what to do, if that is what the error says. Asks in `session`, which
// may be in any state but a failed transaction.
Error with_lock_room(Error error, Session& session);

}  // namespace dbkeeper::postgres
