// Into columns of dates and times. See cell_conversion.h.
#pragma once

#include "core/cell_conversion.h"

namespace dbkeeper {

// None for a type that is no date, time or timestamp.
std::unique_ptr<CellConverter> moment_converter(const Type& to, const ForeignValues& values);

}  // namespace dbkeeper
