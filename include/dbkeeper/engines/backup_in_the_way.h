// What a backup's sessions wait for waits for the backup itself: a migration that came between the
// first of them to lock a table and the next. Nobody moves until the backup lets go and starts
// over.
#pragma once

#include <utility>

#include "dbkeeper/base/error.h"

namespace dbkeeper {

class BackupInTheWay : public Error {
 public:
  explicit BackupInTheWay(Error error) : Error(std::move(error)) {}
};

}  // namespace dbkeeper
