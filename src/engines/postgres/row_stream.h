// The rows of a query one by one, however many there are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

// Calls `take` for each row, values as the server's text, NULL being none. If it throws, the
// statement is cancelled and the transaction is lost.
// Requires: `take` doesn't use the session.
void for_each_row(Session& session, const std::string& sql,
                  const std::function<void(const std::vector<std::optional<std::string>>&)>& take);

}  // namespace dbkeeper::postgres
