// Single values in the engine's own text form.
#pragma once

#include <string>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::postgres {

// As the server's input functions read it; bytes in hexadecimal digits. Requires: neither NULL nor
// an array.
std::string text_of(const CellView& cell);

}  // namespace dbkeeper::postgres
