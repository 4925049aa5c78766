// What a comparison has found, for people and for programs.
#pragma once

#include <cstddef>
#include <string>

#include "dbkeeper/base/value.h"
#include "dbkeeper/core/diff.h"

namespace dbkeeper {

std::string text_of(const DiffReport& report, const DiffSide& a, const DiffSide& b);
Value value_of(const DiffReport& report, const DiffSide& a, const DiffSide& b);

// How many tables there are to compare, those of one side alone included.
std::size_t tables_of(const DiffReport& report);

}  // namespace dbkeeper
