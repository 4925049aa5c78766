// Into columns that take any value and lean towards some (model's Affinity): what they would make
// of a value must be the same value still. See cell_conversion.h.
#pragma once

#include "core/cell_conversion.h"

namespace dbkeeper {

// Requires: the column isn't typed.
std::unique_ptr<CellConverter> leaning_converter(const Type& from, const Column& to);

}  // namespace dbkeeper
