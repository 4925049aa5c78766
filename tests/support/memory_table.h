// How the memory engine reads rows and keys: cells by column, the two collations and the few
// expressions that it knows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dbkeeper/base/error.h"
#include "dbkeeper/model/schema.h"
#include "support/memory_cell.h"

namespace dbkeeper::testing {

// Where the column stands in a row. Error(failed) if the table doesn't have it.
std::size_t position(const Table& table, const std::string& column);
std::vector<std::size_t> positions(const Table& table, const std::vector<std::string>& columns);

// A row's values in some columns; nothing if one of them is NULL, which equals nothing.
std::optional<MemoryRow> part_of(const MemoryRow& row, const std::vector<std::size_t>& columns);

// "5", "(ann, NULL)": for messages.
std::string shown(const MemoryRow& row);

// A value as its collation compares it: NOCASE, or any other name for byte by byte.
MemoryCell collated(const MemoryCell& cell, const std::string& collation);

// The column that a key's part reads, be it itself or as lower(column). Error(failed) for any other
// expression.
std::string column_of(const Key::Part& part);

// What the key compares of a row: the values of its parts, as they collate. Nothing if the row
// doesn't meet the key's predicate (`column IS NULL` alone), or has a NULL among the parts, unless
// NULLs are not distinct.
std::optional<MemoryRow> key_of(const Table& table, const Key& key, const MemoryRow& row);

}  // namespace dbkeeper::testing
