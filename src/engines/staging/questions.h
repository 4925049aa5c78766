// Short questions to the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engines/staging/dialect.h"

namespace dbkeeper::staging {

// How many rows there are FROM what `from` says, conditions included; whether there is any.
std::int64_t count_rows(Dialect& dialect, const std::string& from);
bool has_rows(Dialect& dialect, const std::string& from);

// The one number that a query gives; nothing for NULL, for what is no integer, or for no row.
std::optional<std::int64_t> number(Dialect& dialect, const std::string& sql);

}  // namespace dbkeeper::staging
