// How SQLite tells whether a run that was stopped has happened: engines/run_mark.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engines/sqlite/sqlite.h"

namespace dbkeeper::sqlite {

// Of a file whose pages are about to be written over: Overwriting::schema_version().
std::string mark_of_schema(std::int64_t version);
// Of a file that is about to give way to another.
std::string mark_of_file(const std::filesystem::path& file);

std::optional<bool> has_happened(const std::string& mark, const std::string& address,
                                 const OpenOptions& options);

}  // namespace dbkeeper::sqlite
