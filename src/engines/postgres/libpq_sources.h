// What libpq adds to an address by itself: service file, environment, password file, defaults.
#pragma once

#include <string>

#include "engines/postgres/conninfo.h"

namespace dbkeeper::postgres {

// The service that PGSERVICE names; empty: none. libpq reads the file anew for each connection as
// long as it sees the variable, so that the command line withdraws it.
std::string service_of_environment();

// With all that the service file says in place of the service that is named, itself or by the
// environment. As it is where the service can't be found, which connecting tells.
Conninfo with_service_read(Conninfo conninfo);

// Host, port, user and database as libpq has them from all of its sources; nothing where it has
// none itself.
Conninfo::Pairs effective_place(const Conninfo& conninfo);

}  // namespace dbkeeper::postgres
