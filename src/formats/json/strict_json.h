// JSON small enough to hold, as strictly as files of ours are read.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "dbkeeper/base/value.h"

namespace dbkeeper {

// Parses a text in which no object may have a key twice, nothing is nested deeper than 1,000, and
// integers are those of 64 bits. A Fault if it isn't one.
nlohmann::json strict_json(std::string_view text);

// The same as a value of ours.
Value plain_value(const nlohmann::json& value);

}  // namespace dbkeeper
