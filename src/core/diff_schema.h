// What of a table's description isn't the same on two sides. Pure.
#pragma once

#include <vector>

#include "dbkeeper/core/diff.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

// How much both sides tell: a database all of it, an export what docs/export-format.md says.
enum class SchemaDetail { full, of_export };

std::vector<SchemaDifference> compare_tables(const Schema& schema_a, const Table& a,
                                             const Schema& schema_b, const Table& b,
                                             SchemaDetail detail);

}  // namespace dbkeeper
