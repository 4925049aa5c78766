// SQLite has no sessions to be seen from outside (engines/session_watch.h).
#pragma once

#include <memory>

#include "dbkeeper/engines/session_watch.h"

namespace dbkeeper::sqlite {

class NoSessions final : public SessionWatch {
 public:
  SessionReport so_far() const override { return {}; }
  SessionReport finish() override { return {}; }
};

}  // namespace dbkeeper::sqlite
