#include "dbkeeper/core/output_name.h"

#include <fmt/format.h>

namespace dbkeeper {

namespace fs = std::filesystem;

bool is_folder_name(const std::string& where) {
  std::error_code ignored;
  return where.ends_with('/') || fs::is_directory(where, ignored);
}

bool is_stream(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

Error refused_to_replace(const fs::path& file) {
  return Error(ErrorKind::refused,
               fmt::format("'{}' is there already, and was left as it is", file.string()))
      .hint("give another name, DIR/ for a new name in that folder, or --overwrite");
}

void check_replaces_nothing(const std::string& where) {
  std::error_code ignored;
  if (where != kStandardOutput && fs::is_regular_file(where, ignored))
    throw refused_to_replace(where);
}

}  // namespace dbkeeper
