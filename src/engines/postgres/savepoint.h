// A snapshot changes nothing, so one savepoint, set at its beginning, serves every statement that
// fails: there is never anything to undo but the failure.
#pragma once

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

inline constexpr const char* kSetSavepoint = "SAVEPOINT dbkeeper";
inline constexpr const char* kReleaseSavepoint = "RELEASE SAVEPOINT dbkeeper";
inline constexpr const char* kRollBackToSavepoint = "ROLLBACK TO SAVEPOINT dbkeeper";

// The transaction is usable again, unless the connection is lost.
inline void roll_back_to_savepoint(Session& session) noexcept {
  session.command_quietly(kRollBackToSavepoint);
}

}  // namespace dbkeeper::postgres
