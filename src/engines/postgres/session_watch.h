// What sessions that begin from now on do on the server (engines/session_watch.h).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "dbkeeper/engines/session_watch.h"

namespace dbkeeper::postgres {

std::unique_ptr<SessionWatch> watch_sessions(const std::string& address,
                                             const OpenOptions& options);

Variables lock_timeout_variables(const std::string& address, std::chrono::milliseconds timeout,
                                 const Variables& environment, const OpenOptions& options);

}  // namespace dbkeeper::postgres
