// Single values in the engine's own text form.
#pragma once

#include <string>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::postgres {

// As the server's input functions read it; bytes in hexadecimal digits. Requires: neither NULL nor
// an array.
std::string text_of(const CellView& cell);

// As a cast to text gives it: a boolean is "true" or "false". Requires: as text_of().
std::string cast_text(const CellView& cell);

}  // namespace dbkeeper::postgres
