// Writing to file descriptors.
#pragma once

#include <string_view>

#include "dbkeeper/base/stop.h"

namespace dbkeeper {

// Writes all of it, whatever interrupts; 0, or the errno of what went wrong. A pipe that its other
// end made non-blocking is waited for.
int write_whole(int fd, std::string_view bytes) noexcept;

// The same to what somebody reads at the other end, a pipe or a terminal: who may sleep. Throws
// Error(interrupted) soon after a stop was requested.
int write_whole(int fd, std::string_view bytes, const Stop& stop);

}  // namespace dbkeeper
