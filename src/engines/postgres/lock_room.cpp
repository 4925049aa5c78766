#include "engines/postgres/lock_room.h"

#include <fmt/format.h>

#include <string>

namespace dbkeeper::postgres {

LockRoom lock_room(Session& session) {
  const auto setting = [&](const char* name) {
    return std::stoll(session.value(fmt::format("SHOW {}", name)));
  };
  return {.each = setting("max_locks_per_transaction"),
          .sessions = setting("max_connections") + setting("max_prepared_transactions")};
}

bool has_room_for(Session& session, std::int64_t locks) {
  const LockRoom room = lock_room(session);
  if (locks <= room.each) return true;
  const std::int64_t taken =
      std::stoll(session.value("SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks"));
  return taken + locks <= room.locks() / 4 * 3;
}

Error with_lock_room(Error error, Session& session) {
  if (error.hint() != kNoLockLeft) return error;
  const LockRoom room = lock_room(session);
  return error.hint(fmt::format(
      "the server has room for about {} locks (max_locks_per_transaction is {}), and every table "
      "takes one in each session: set max_locks_per_transaction to {} and restart the server, or "
      "try again with --jobs 1 when less is going on",
      room.locks(), room.each, room.each * 4));
}

}  // namespace dbkeeper::postgres
