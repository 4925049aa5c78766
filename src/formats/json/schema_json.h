// Tables as files of ours describe them: "schema" in docs/export-format.md.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "dbkeeper/base/value.h"
#include "dbkeeper/model/schema.h"

namespace dbkeeper {

Value table_value(const Schema& schema, const Table& table);

// More than any database has: a file with more is damaged, or meant to take time and memory.
// PostgreSQL has at most 1,600 columns in a table, SQLite 32,767.
inline constexpr std::size_t kMostColumns = 32767;
inline constexpr std::size_t kMostTables = 1000000;

// The tables of an object that has such a description of each by its name. A name without a schema
// is of `default_schema`. A Fault where the object lacks what the form demands.
Schema schema_of(const nlohmann::json& described, std::string_view default_schema = {});

}  // namespace dbkeeper
