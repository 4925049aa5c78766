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

}  // namespace dbkeeper::postgres
