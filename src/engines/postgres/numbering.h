// Sequences, as far as new rows get their numbers from them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "dbkeeper/model/name.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Moves a sequence so that its next number lies beyond `value`, as far as its range goes; never
// back. At once and for all, whatever becomes of the transaction. Error(failed) if the role may
// not.
void move_sequence(Session& session, const TableName& sequence, std::int64_t value);

// What this role can make of a sequence.
struct SequenceFacts {
  std::int64_t increment = 1;
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::optional<std::int64_t> next;  // the next number; none if the role may not see it
  bool gives = false;                // nextval() is allowed
  bool moves = false;                // setval() is allowed
};
SequenceFacts look_at_sequence(Session& session, const TableName& sequence);

}  // namespace dbkeeper::postgres
