// The database's catalog as a Schema.
#pragma once

#include "dbkeeper/model/schema.h"
#include "engines/postgres/session.h"

namespace dbkeeper::postgres {

inline constexpr const char* kDefaultSchema = "public";

// Everything but sizes and numbers of rows, in a few queries whatever the number of tables.
// Requires: the search_path is pg_catalog alone, so that every name comes out qualified.
Schema read_catalog(Session& session);

// The tables alone, without triggers and sequences: quicker, and nobody's lock on a sequence is in
// the way. Requires: as read_catalog.
Schema read_tables(Session& session);

}  // namespace dbkeeper::postgres
