// All rows of a database as an export of this moment would have them, without one.
#pragma once

#include <memory>

#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/database.h"
#include "dbkeeper/formats/row_document.h"

namespace dbkeeper {

// Holds a snapshot until all tables were read. Error(failed) for what can't be exported. The
// database and the stop outlive it.
std::unique_ptr<RowDocument> open_document(Database& database, const Stop& stop);

}  // namespace dbkeeper
