// Into columns that take only values of their own type: numbers, texts, JSON and the rest. See
// cell_conversion.h.
#pragma once

#include "core/cell_conversion.h"

namespace dbkeeper {

// Requires: no date, time or timestamp.
std::unique_ptr<CellConverter> typed_converter(const Type& to);

}  // namespace dbkeeper
