// The engine's part of dbkeeper/engines/readiness.h.
#pragma once

#include <chrono>
#include <string>

#include "dbkeeper/engines/connect.h"

namespace dbkeeper::postgres {

// Requires: recognises(address).
void await_server(const std::string& address, std::chrono::milliseconds patience,
                  const OpenOptions& options);

}  // namespace dbkeeper::postgres
