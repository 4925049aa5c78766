// The name that a user gives for what is written: a file, a folder, a device, standard output.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "dbkeeper/base/error.h"

namespace dbkeeper {

inline constexpr std::string_view kStandardOutput = "-";

// A folder takes a new name of dbkeeper's own.
bool is_folder_name(const std::string& where);

// A pipe or device that is there: it can't appear whole, and nothing takes its place.
bool is_stream(const std::filesystem::path& path);

// That a file has the name, and nobody said --overwrite.
Error refused_to_replace(const std::filesystem::path& file);

// Throws that where it is so, before anything else is done. A file that appears later is found at
// the commit.
void check_replaces_nothing(const std::string& where);

}  // namespace dbkeeper
