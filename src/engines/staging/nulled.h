// What becomes NULL where a reference is missing and the user said that it may.
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/engines/import.h"

namespace dbkeeper::staging {

// Those columns of the link that may be NULL and belong to no other link; if there are none, those
// that may be NULL.
std::vector<std::string> nulled_columns(const ImportTable& table, const ImportLink& link);

// Whether there are any, and the user said so.
bool becomes_null(const ImportPlan& plan, const ImportTable& table, const ImportLink& link);

}  // namespace dbkeeper::staging
