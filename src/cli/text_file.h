// Small files that the command line reads whole: .env, dbkeeper.toml, mounted secrets.
#pragma once

#include <filesystem>
#include <string>

namespace dbkeeper::cli {

// Error(usage) that names the path and the cause if it can't be read, is a folder, or is larger
// than any such file could sensibly be.
std::string read_text_file(const std::filesystem::path& path);

}  // namespace dbkeeper::cli
