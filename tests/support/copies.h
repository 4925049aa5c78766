// Rows in the two forms of PostgreSQL's COPY, made by hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dbkeeper::testing {

// From the number of fields to the last field's last byte.
std::string binary_row(const std::vector<std::optional<std::string>>& fields);
// A whole stream, header and trailer included.
std::string binary_copy(const std::vector<std::vector<std::optional<std::string>>>& rows);

}  // namespace dbkeeper::testing
