// Small JSON texts as values.
#pragma once

#include <optional>
#include <string_view>

#include "dbkeeper/base/value.h"

namespace dbkeeper {

// Nothing if the text is no JSON, or has a key twice in an object.
std::optional<Value> parse_json(std::string_view text);

}  // namespace dbkeeper
