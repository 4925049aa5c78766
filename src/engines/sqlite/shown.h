// Values as messages show them: short.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"

namespace dbkeeper::sqlite {

// The beginning of a text, cut between two characters.
std::string shortened(std::string_view text);

// Text in quotes, bytes in hexadecimal digits.
std::string shown(const CellView& cell);

}  // namespace dbkeeper::sqlite
