// The names of the families of values, as files have them (docs/export-format.md, "kind").
#pragma once

#include <optional>
#include <string_view>

#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// "integer", "decimal", …: a name is the same for ever.
std::string_view name_of(Family family);

// The family of that name; nothing if no version had it.
std::optional<Family> parse_family(std::string_view name);

}  // namespace dbkeeper
