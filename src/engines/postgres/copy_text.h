// Single values in COPY's text format, and how a message shows one.
#pragma once

#include <string>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {

// Appends the cell as a field for a column of this type; false if the type can't hold it as it is.
// `native`: the type's encoder, if it has one, which decides about that, so that both formats
// agree.
bool append_copy_text(const CellView& cell, const Type& type, const wire::Encoder& native,
                      std::string& out);

// The value for a message, cut to a readable length.
std::string shown(const CellView& cell);

}  // namespace dbkeeper::postgres
