// Which keys say what a row is, apart from the number it was given: by these an import finds a row
// again in a database where the numbers differ (contract: section "Import").
#pragma once

#include <string>
#include <vector>

#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// The table's natural keys, in the order in which reports name them. They point into the table.
std::vector<const Key*> natural_keys(const Table& table);

// Why a key is no identity by itself, empty if it is one.
std::string why_not_natural(const Table& table, const Key& key);

// "email", "list_id, lower(title)", "slug where deleted_at IS NULL".
std::string describe(const Key& key);

}  // namespace dbkeeper
