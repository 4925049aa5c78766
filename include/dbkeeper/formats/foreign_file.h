// Files that people have and that other programs take: dumps, scripts, other archives.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// How much of a file's beginning foreign_file() wants to see.
inline constexpr std::size_t kBeginningToJudge = 4096;

struct FileBeginning {
  std::string text;         // expanded, if it is compressed with zstd
  bool compressed = false;  // so
};

// Empty if the file can't be read, or is no ordinary one.
FileBeginning beginning_of(const std::filesystem::path& path);

struct ForeignFile {
  std::string meaning;  // "a dump of pg_dump's"
  std::string hint;     // what takes it
};

// What a file is that begins so, if that is none of dbkeeper's files, nor an SQLite database.
// `file`: its name, for commands in the hint; empty: nobody knows it.
std::optional<ForeignFile> foreign_file(const FileBeginning& beginning, std::string file = {});
// The same of a folder.
std::optional<ForeignFile> foreign_folder(const std::filesystem::path& folder);

// Whether it begins like an export; a file in which somebody has changed the order of the keys
// may do otherwise.
bool begins_like_export(std::string_view beginning);

}  // namespace dbkeeper
