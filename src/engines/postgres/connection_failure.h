// Why there is no connection, and what to do about it.
#pragma once

#include <string>
#include <vector>

#include "engines/postgres/errors.h"

namespace dbkeeper::postgres {

struct ConnectionFailure {
  std::string reason;    // "Connection refused"
  std::string sqlstate;  // empty if the server itself never answered
};

// Of libpq's attempts (addresses, hosts, with and without SSL) the last one. `message`: as
// cannot_connect() takes it.
ConnectionFailure last_failure(const std::string& message);

// Whether the server may be on its way: nobody listens or knows its name yet, or it is starting.
bool is_not_up_yet(const ConnectionFailure& failure);

// `in_container`: where localhost is the container, and services are known by their names.
std::string connection_hint(const ConnectionFailure& failure, const Target& target,
                            bool in_container);

bool is_in_container();

// Of what libpq or a server said.
std::vector<std::string> lines_of(const std::string& text);

}  // namespace dbkeeper::postgres
