// The end of a transaction.
#pragma once

#include "engines/sqlite/connection.h"

namespace dbkeeper::sqlite {

// Whether the code says that a lock could not be given back.
inline bool is_failed_unlock(int code) {
  return code == SQLITE_IOERR_UNLOCK || code == SQLITE_IOERR_RDLOCK;
}

// COMMIT's result. A lock that can't be given back afterwards is no failure: all is written by
// then, and the lock goes with the connection.
inline int commit_transaction(Connection& connection) {
  const int code = sqlite3_exec(connection.handle(), "COMMIT", nullptr, nullptr, nullptr);
  return is_failed_unlock(code) && !connection.in_transaction() ? SQLITE_OK : code;
}

}  // namespace dbkeeper::sqlite
