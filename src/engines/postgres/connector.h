// From parameters to a connected PGconn, in a way that can be interrupted.
#pragma once

#include "dbkeeper/engines/connect.h"
#include "engines/postgres/conninfo.h"
#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {

// Connects as libpq does (several hosts, service, .pgpass, environment), but gives up after 10 s a
// host where no connect_timeout is set. Error(connection) names database, place, user and cause.
RawConnection connect(const Conninfo& conninfo, const OpenOptions& options);

}  // namespace dbkeeper::postgres
