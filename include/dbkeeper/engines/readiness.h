// Servers that start at the same time as whoever needs them.
#pragma once

#include <chrono>
#include <string>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper {

// Returns once the server of the address takes connections, refuses them for a reason that time
// won't mend, or has been waited for that long: whoever opens the database then is told. A database
// without a server is not waited for.
void await_server(const std::string& address, std::chrono::milliseconds patience,
                  const OpenOptions& options);

}  // namespace dbkeeper
